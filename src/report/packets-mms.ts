import { find, findAll } from '../asn1/tree.ts';
import type { Field, LayerTree } from '../model/field.ts';
import { words } from './field-words.ts';

/** Wireshark shows no more of the names either. */
const LONGEST = 1023;

/** By which of its values a PDU is told from others. A PDU that cancels is its own: the value is what is to be cancelled. */
const IDS = ['mms.invokeID', 'mms.originalInvokeID', 'mms.cancel_RequestPDU', 'mms.cancel_ResponsePDU'];

/** What a PDU is about: objects, domains, program invocations, files. */
const NAMES = new Set(
  `vmd_specific domainId itemId aa_specific objectClass domainSpecific domainName programInvocationName FileName_item
  downloadSegment initiateUploadSequence deleteDomain getDomainAttributes deleteProgramInvocation getProgramInvocationAttributes`
    .split(/\s+/)
    .map(name => `mms.${name}`),
);

/** Why a PDU was refused: the class of the error, and the error. */
const ERRORS = ['mms.errorClass', 'mms.rejectReason'];

/** `02 confirmed-RequestPDU: read simpleIOGenericIO LLN0$Events`: invokeID and kind as Wireshark has them, the service, and names. */
export function mmsInfo({ title, fields }: LayerTree): string {
  const kind = title.replace(/^[^,]*, /, '');
  const id = IDS.map(name => find(fields, name)?.value).find(value => value !== undefined);
  const parts = [...(id === undefined ? [] : [String(id).padStart(2, '0')]), kind];
  for (const name of ERRORS) {
    const refused = find(fields, name);
    const why = [words(refused), words(refused?.children[0])].filter(part => part !== null).join(': ');
    if (why !== '') parts.push(why);
  }
  return [...parts, ...names(fields), ...failures(fields), ...number(fields)].join(' ');
}

function names(fields: readonly Field[]): string[] {
  const out: string[] = [];
  let length = 0;
  const walk = (list: readonly Field[]): boolean =>
    list.every(f => {
      const name = NAMES.has(f.name) ? words(f) : null;
      if (name === null) return walk(f.children);
      length += 1 + name.length;
      out.push(length > LONGEST ? '…' : name);
      return length <= LONGEST;
    });
  walk(fields);
  return out;
}

/** Results that are missing, by reason; how many of them unless it is all. */
function failures(fields: readonly Field[]): string[] {
  const counts = new Map<string, number>();
  for (const failure of findAll(fields, 'mms.failure')) {
    const reason = words(failure) ?? '?';
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const all = find(fields, 'mms.listOfAccessResult')?.value ?? find(fields, 'mms.write')?.value;
  return [...counts].map(([reason, n]) => (n === all ? reason : `${reason} (${n} of ${all})`));
}

/** A number where it is the only one, in the words of Wireshark, which shows the last of several. */
function number(fields: readonly Field[]): string[] {
  const [only, ...more] = findAll(fields, 'mms.floating_point');
  return only?.text === undefined || more.length > 0 ? [] : [Number(only.text).toFixed(6)];
}
