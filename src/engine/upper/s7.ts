import type { LayerTree } from '../../model/field.ts';
import type { Direction } from '../../model/finding.ts';
import type { Tsdu } from '../../model/tsdu.ts';
import type { Dialect } from './counted.ts';
import { s7HeaderLength } from './recognise.ts';
import { ROSCTR } from './s7/names.ts';
import { kindOf } from './s7/words.ts';
import type { TreeReader } from './types.ts';

const u16 = (b: Uint8Array, at: number) => (b[at]! << 8) | b[at + 1]!;

/** S7comm, the protocol of the S7-300/400: `32 rosctr 0000 reference parameter-length data-length [error]` right above COTP. */
export class S7 implements Dialect {
  readonly protocol = 'S7comm';
  private readonly trees: TreeReader | undefined;

  constructor(trees?: TreeReader) {
    this.trees = trees;
  }

  read(t: Tsdu, fault: (code: string, detail: string) => void): string {
    const { bytes, start, end } = t;
    if (end - start < 10 || bytes[start] !== 0x32) return 'no S7comm PDU';
    const rosctr = bytes[start + 1]!;
    const header = s7HeaderLength(rosctr);
    const sum = header + u16(bytes, start + 6) + u16(bytes, start + 8);
    if (ROSCTR[rosctr] !== undefined && sum !== end - start) {
      fault('s7.length', `header, parameter and data make ${sum} octets, the TSDU has ${end - start}`);
    }
    return kindOf(bytes, start, end);
  }

  gap(direction: Direction): void {
    this.trees?.gap(direction);
  }

  tree(t: Tsdu): LayerTree[] {
    return this.trees?.tree(t) ?? [];
  }
}
