/** Codes of options (draft-ietf-opsawg-pcapng 3.5, 4.1, 4.2). */
export const OPTION = { end: 0, comment: 1, application: 4, resolution: 9, fcsLength: 13, offset: 14 } as const;

/** The options that stand in `b[from…end)`, in order, up to the one that ends them, or that claims more octets than there are. */
export function eachOption(
  b: Uint8Array,
  from: number,
  end: number,
  little: boolean,
  take: (code: number, at: number, size: number) => void,
): void {
  const u16 = little ? (p: number) => b[p]! | (b[p + 1]! << 8) : (p: number) => (b[p]! << 8) | b[p + 1]!;
  for (let p = from; p + 4 <= end; ) {
    const code = u16(p);
    const size = u16(p + 2);
    if (code === OPTION.end || p + 4 + size > end) return;
    take(code, p + 4, size);
    p += 4 + ((size + 3) & ~3);
  }
}
