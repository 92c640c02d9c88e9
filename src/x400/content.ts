import { oidName } from '../asn1/oids.ts';

/** Content types of P1 (X.411 figure 4: BuiltInContentType and the object identifiers that stand for the same contents; X.435: id-mct-pedi). */
const BUILT_IN: Readonly<Record<number, string>> = {
  0: 'unidentified',
  1: 'external',
  2: 'P2',
  22: 'P22',
  35: 'EDI (P35)',
  40: 'voice',
};

const BY_OID: Readonly<Record<string, string>> = {
  '2.6.1.10.0': 'P2',
  '2.6.1.10.1': 'P22',
  '1.3.26.0.4406.0.4.1': 'P772',
  '2.6.7.10.0': 'EDI (P35)',
};

/** What kind of content an integer or object identifier means: the decoders of `content` go by it. */
export type ContentKind = 'P2' | 'P22' | 'P772' | 'EDI' | 'other';

export function contentKind(type: number | string | null): ContentKind {
  const name = typeof type === 'number' ? BUILT_IN[type] : type === null ? undefined : BY_OID[type];
  if (name === 'P2' || name === 'P22' || name === 'P772') return name;
  return name === 'EDI (P35)' ? 'EDI' : 'other';
}

/** "P22 (22)", "P772 (1.3.26.0.4406.0.4.1)", "1.2.3.4". */
export function contentTypeText(type: number | string): string {
  const name = typeof type === 'number' ? BUILT_IN[type] : (BY_OID[type] ?? oidName(type));
  return name === undefined || name === null ? String(type) : `${name} (${type})`;
}
