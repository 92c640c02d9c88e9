/**
 * One line of a layer tree. Names are Wireshark's abbreviations where it has the field (`cotp.li`, `ses.type`, `p1.…`), so that
 * tshark can judge the value and a display filter can be pasted.
 *
 * `start`/`end` are positions in the byte space of the enclosing `LayerTree` (end exclusive).
 */
export interface Field {
  readonly name: string;
  /** What a person reads before the value, as Wireshark prints it: "Length Indicator". */
  readonly label: string;
  /** The value as filters compare it: a number, a boolean, text, or lower-case hex for octets. `undefined` for a mere node. */
  readonly value?: number | bigint | boolean | string;
  /** The value as a person reads it, when that differs from `value`: "DT Data (0x0f)". Untrusted text is NOT yet made safe. */
  readonly text?: string;
  readonly start: number;
  readonly end: number;
  readonly children: Field[];
  /** What is wrong with this element; its siblings stay readable. */
  readonly fault?: string;
}

/** The tree of one PDU of one layer, over its own byte space. */
export interface LayerTree {
  /** Wireshark's protocol name: tpkt, cotp, ses, pres, acse, rtse, ros, p1, p22, … */
  readonly layer: string;
  /** The headline, as Wireshark's tree shows it: "ISO 8073/X.224 COTP DT Data, EOT". */
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Where the octets were captured; positions are indices of `bytes`. Null when the caller did not ask for provenance. */
  readonly origin: import('./origin.ts').Origin | null;
  readonly fields: Field[];
}

export function field(
  name: string,
  label: string,
  start: number,
  end: number,
  value?: Field['value'],
  text?: string,
  children: Field[] = [],
): Field {
  return {
    name,
    label,
    start,
    end,
    children,
    ...(value === undefined ? {} : { value }),
    ...(text === undefined ? {} : { text }),
  };
}
