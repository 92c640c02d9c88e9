import { describe, expect, it } from 'vitest';
import { decode } from '../../src/asn1/decode.ts';
import { find, findAll, path } from '../../src/asn1/tree.ts';
import { ACSE } from '../../src/osi/acse.ts';
import { PPDUS, PRESENTATION } from '../../src/osi/presentation.ts';
import { RTSE } from '../../src/osi/rtse.ts';

// CN user data of a P1 association between two independent MTAs, normal mode: CP, AARQ, RTORQ.
const CP = Uint8Array.from(
  Buffer.from(
    '318185a003800101a27e81035053318203505332a433300f020101060452010001300406025101300f02010306045600020c300406025101' +
      '300f020105060456000207300406025101613d303b020101a0366034a106060456000106be2a2828020103a023b02180010181010382' +
      '0100a316a014b012a11080044d544131a108160673656372657431',
    'hex',
  ),
);

describe('CP with AARQ and RTORQ', () => {
  const cp = decode(PRESENTATION.type(PPDUS.CP.type), PPDUS.CP.field, CP, 0, CP.length, { open: () => 'later' });

  it('reads the contexts', () => {
    expect(cp.faults).toEqual([]);
    expect(find(cp.fields, 'pres.mode_value')).toMatchObject({ value: 1, text: 'normal-mode (1)' });
    const contexts = findAll(cp.fields, 'pres.Context_list_item_element').map(f => [
      path(f.children, 'pres.presentation_context_identifier')?.value,
      path(f.children, 'pres.abstract_syntax_name')?.value,
    ]);
    expect(contexts).toEqual([
      [1, '2.2.1.0.1'],
      [3, '2.6.0.2.12'],
      [5, '2.6.0.2.7'],
    ]);
  });

  it('hands the PDV on by presentation context, layer by layer', () => {
    const [pdv] = cp.opens;
    expect(pdv).toMatchObject({ contextId: 1, fieldName: 'pres.single_ASN1_type_element' });
    const acse = decode(ACSE.type('ACSE-apdu'), 'acse', CP, pdv!.start, pdv!.end, { open: () => 'later' });
    expect(acse.faults).toEqual([]);
    expect(find(acse.fields, 'acse.aSO_context_name')?.value).toBe('2.6.0.1.6');
    const rtse = decode(RTSE.type('RTSE-apdus'), 'rtse', CP, acse.opens[0]!.start, acse.opens[0]!.end);
    expect(acse.opens[0]!.contextId).toBe(3);
    expect(find(rtse.fields, 'rtse.windowSize')?.value).toBe(3);
    expect(rtse.opens[0]!.fieldName).toBe('rtse.open_element');
  });

  it('opens in place when the caller names a type', () => {
    const all = decode(PRESENTATION.type('CP-type'), 'pres.cptype', CP, 0, CP.length, {
      open: v => (v.contextId === 1 ? ACSE.type('ACSE-apdu') : v.contextId === 3 ? RTSE.type('RTSE-apdus') : null),
    });
    expect(find(all.fields, 'rtse.checkpointSize')?.value).toBe(1);
    expect(all.opens.map(o => o.fieldName)).toEqual(['rtse.open_element']);
  });

  it('names what is cut, and still reads what stands before', () => {
    const cut = decode(PRESENTATION.type('CP-type'), 'pres.cptype', CP, 0, 60, { open: () => 'later' });
    expect(cut.faults.map(f => [f.code, f.end])).toContainEqual(['ber.truncated', 60]);
    expect(findAll(cut.fields, 'pres.abstract_syntax_name').map(f => f.value)).toContain('2.6.0.2.12');
  });
});
