/** How many frames have something about them, and where the first one stands; `offset` is that of its record, null where there is no file. */
export class OddFrames {
  count = 0;
  frame = 0;
  offset: number | null = null;

  add(frame: number, reader: { readonly at: number } | null): void {
    if (this.count++ > 0) return;
    this.frame = frame;
    this.offset = reader?.at ?? null;
  }
}
