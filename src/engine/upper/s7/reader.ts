import { credentialsText } from '../../../asn1/secrets.ts';
import { hex, latin1 } from '../../../base/text.ts';
import { type Field, field } from '../../../model/field.ts';
import { FIELDS, type Name } from './fields.ts';
import type { Kind } from './kinds.ts';
import { number16 } from './words.ts';

/** Fields that follow each other, with their octets. */
export type Layout = readonly (readonly [name: Name, octets: number])[];
/** Bits of an octet or two as a field of their own. */
export type Part = readonly [name: Name, shift: number, mask: number];

/**
 * Reads a PDU field by field. Where its octets end too early, the field that they end in and all that would follow are left out: every
 * reader may go on as if they were there.
 */
export class Reader {
  readonly bytes: Uint8Array;
  at: number;
  /** Behind the last octet of the PDU, or of the part of it that is being read. */
  end: number;
  /** What the packet list says behind the function. */
  info = '';
  private into: Field[] = [];
  private readonly showCredentials: boolean;

  constructor(bytes: Uint8Array, at: number, end: number, showCredentials: boolean) {
    this.bytes = bytes;
    this.showCredentials = showCredentials;
    this.at = Math.min(at, bytes.length);
    this.end = Math.max(this.at, Math.min(end, bytes.length));
  }

  get fields(): Field[] {
    return this.into;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** The number that the next octets make, `ahead` octets further on; 0 where they are missing. */
  peek(octets: number, ahead = 0): number {
    const at = this.at + ahead;
    if (at + octets > this.end) return 0;
    let value = 0;
    for (let i = 0; i < octets; i++) value = value * 256 + this.bytes[at + i]!;
    return value;
  }

  /** The next octets as characters, without going on. */
  characters(octets: number, ahead = 0): string {
    const at = this.at + ahead;
    return at + octets > this.end ? '' : latin1(this.bytes, at, at + octets);
  }

  /** The next field, with its bits below it; null where it is cut. `said` replaces what the tree would show. */
  take(name: Name, octets: number, said?: string, parts: readonly Part[] = []): number | null {
    if (octets <= 0) return 0;
    if (octets > this.left) return this.cut();
    const start = this.at;
    const value = octets > 6 ? 0 : this.peek(octets);
    const children = parts.map(part => this.bits(part, octets));
    this.at += octets;
    const { form } = FIELDS[name];
    const shown =
      form === 'octets'
        ? hex(this.bytes, start, this.at)
        : form === 'text'
          ? latin1(this.bytes, start, this.at).replace(/\0.*$/s, '')
          : value;
    this.put(name, start, this.at, shown, said ?? words(name, value, octets), children);
    return value;
  }

  /** Credentials, which are withheld unless they are asked for. */
  secret(name: Name, octets: number): void {
    if (this.showCredentials) this.take(name, octets);
    else if (octets > 0) this.computed(name, octets, undefined, credentialsText(octets));
  }

  rows(layout: Layout): void {
    for (const [name, octets] of layout) this.take(name, octets);
  }

  /** A field of the next octets' bits, which are not passed over. */
  part(part: Part, octets = 1): number | null {
    if (octets > this.left) return this.cut();
    const made = this.bits(part, octets);
    this.into.push(made);
    return Number(made.value);
  }

  /** A field whose value is not just its octets. */
  computed(name: Name, octets: number, value: Field['value'], said?: string, within?: () => void): void {
    if (octets > this.left) {
      this.cut();
      return;
    }
    const start = this.at;
    const children = within === undefined ? [] : this.inner(within);
    this.at = start + octets;
    this.put(name, start, this.at, value, said, children);
  }

  /** What `within` reads, below one node; it returns what stands beside it. Nothing where no octet is left. */
  node(name: Name, within: () => string | undefined, number = 0): void {
    if (this.left === 0) return;
    const start = this.at;
    let said: string | undefined;
    const children = this.inner(() => {
      said = within();
    });
    const label = FIELDS[name].label + (number === 0 ? '' : ` [${number}]`);
    this.into.push(field(`s7comm.${name}`, label, start, this.at, undefined, said, children));
  }

  /** The same for what has a length of its own, wherever reading it ends; `at` is behind it then. */
  block(name: Name, octets: number, within: () => string | undefined): void {
    const { end } = this;
    this.end = Math.min(end, this.at + octets);
    this.node(name, () => {
      const said = within();
      this.at = this.end;
      return said;
    });
    this.end = end;
  }

  private inner(within: () => void): Field[] {
    const outer = this.into;
    this.into = [];
    within();
    const children = this.into;
    this.into = outer;
    return children;
  }

  private put(name: Name, start: number, end: number, value: Field['value'], text?: string, children?: Field[]): void {
    this.into.push(field(`s7comm.${name}`, FIELDS[name].label, start, end, value, text, children));
  }

  private bits([name, shift, mask]: Part, octets: number): Field {
    const value = (this.peek(octets) >>> shift) & mask;
    const { label, form } = FIELDS[name];
    return field(
      `s7comm.${name}`,
      label,
      this.at,
      this.at + octets,
      form === 'flag' ? value === 1 : value,
      words(name, value, octets),
    );
  }

  private cut(): null {
    this.at = this.end;
    return null;
  }
}

/** What the tree shows of a number; undefined where it is the value itself. */
function words(name: Name, value: number, octets: number): string | undefined {
  const { form, names, open }: Kind = FIELDS[name];
  if (form === 'flag') return names?.[value] ?? (value === 1 ? 'True' : 'False');
  if (form !== 'dec' && form !== 'hex') return undefined;
  const number = form === 'hex' ? number16(value, octets) : String(value);
  if (names === undefined || (open && names[value] === undefined)) return form === 'hex' ? number : undefined;
  return `${names[value] ?? 'Unknown'} (${number})`;
}
