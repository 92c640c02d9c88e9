import type { CaptureWarning } from '../model/report.ts';

interface Kept {
  readonly warning: CaptureWarning;
  count: number;
}

/** Warnings of kinds that a damaged file may call for at each record: the first of a kind is told, with the number of all. */
export class RepeatedWarnings {
  private readonly kinds = new Map<string, Kept>();

  add(kind: string, warning: () => CaptureWarning): void {
    const known = this.kinds.get(kind);
    if (known === undefined) this.kinds.set(kind, { warning: warning(), count: 1 });
    else known.count++;
  }

  /** Once nothing is to come. */
  tell(warn: (warning: CaptureWarning) => void): void {
    for (const { warning, count } of this.kinds.values()) {
      const times = count > 1 ? ` (${count} times; this is the first)` : '';
      warn({ ...warning, message: `${warning.message}${times}` });
    }
    this.kinds.clear();
  }
}
