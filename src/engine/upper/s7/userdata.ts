import type { Reader } from './reader.ts';
import { subfunction } from './words.ts';

/** What the parameter of a userdata PDU says of its data. */
export interface Userdata {
  /** Type in the high nibble, function group in the low one. */
  readonly kind: number;
  readonly subfunction: number;
  readonly sequence: number;
  /** Data units of one reference belong together; 0 where there is one only. */
  readonly unit: number;
  readonly last: boolean;
}

/**
 * The parameter, `00 01 12 length method type/group subfunction sequence [unit last-unit error(2)]`, as far as its octets are there.
 * Null where it is cut before the subfunction.
 */
export function userdata(r: Reader, octets: number): Userdata | null {
  let said: Userdata | null = null;
  r.block('param', octets, () => {
    const length = r.peek(1, 3);
    const kind = r.peek(1, 5);
    const code = r.peek(1, 6);
    if (r.left >= 8) {
      const long = length >= 8 && r.left >= 12;
      const unit = long ? r.peek(1, 8) : 0;
      said = { kind, subfunction: code, sequence: r.peek(1, 7), unit, last: !long || r.peek(1, 9) === 0 };
    }
    r.rows([
      ['param.userdata.head', 3],
      ['param.userdata.length', 1],
      ['param.userdata.reqres1', 1],
    ]);
    r.part(['param.userdata.type', 4, 15]);
    if (r.part(['param.userdata.funcgroup', 0, 15]) !== null) r.at++;
    const group = kind & 15;
    if (group === 0) r.take('param.modetrans.subfunc', 1);
    else r.take('param.userdata.subfunc', 1, `${subfunction(group, code) ?? 'Unknown'} (${code})`);
    r.take('param.userdata.seq_num', 1);
    if (length < 8) return undefined;
    r.rows([
      ['param.userdata.dataunitref', 1],
      ['param.userdata.lastdataunit', 1],
      ['param.errcod', 2],
    ]);
    return undefined;
  });
  return said;
}
