import { hex } from '../../base/text.ts';
import type { Tsdu } from '../../model/tsdu.ts';
import type { Dialect } from './counted.ts';

/** TSDUs that no known user of the transport service writes: counted by their first octets, so that a pattern shows. */
export class Other implements Dialect {
  readonly protocol = '';

  read(t: Tsdu): string {
    return `unrecognised: ${hex(t.bytes, t.start, Math.min(t.start + 2, t.end))}…`;
  }
}
