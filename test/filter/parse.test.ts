import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completions, FieldIndex, type FieldInfo, PACKET_FIELDS, parseFilter } from '../../src/filter/index.ts';

const any = (name: string): FieldInfo => ({ name, kind: 'any' });
const FIELDS = new FieldIndex(
  [
    ...PACKET_FIELDS,
    ...[
      'cotp.type',
      'cotp.li',
      'cotp.src-tsap',
      'tpkt.length',
      'ses.type',
      'p1.priority',
      'p1.message_element',
      'p22.subject',
    ].map(any),
    { name: 'message.state', kind: 'text', values: ['complete', 'damaged', 'reset'], shown: { RST: 'reset' } },
    { name: 'pdu.tsap', kind: 'octets' },
    { name: 'pdu.kind', kind: 'number', values: ['DT Data', 'CR Connect Request'] },
  ],
  true,
);

const parse = (text: string) => parseFilter(text, FIELDS);

/** The tree as text, to compare structure at a glance. */
function shape(text: string): string {
  const parsed = parse(text);
  if (!parsed.ok) return `${parsed.error} @${parsed.position}`;
  const show = (ast: typeof parsed.ast): string => {
    switch (ast.op) {
      case 'and':
      case 'or':
        return `(${ast.list.map(show).join(` ${ast.op} `)})`;
      case 'not':
        return `!${show(ast.of)}`;
      case 'exists':
        return ast.field.names.join('|');
      case 'compare':
        return `${ast.field.names.join('|')} ${ast.relation} ${ast.value.kind}:${'value' in ast.value ? ast.value.value : ast.value.hex}`;
      case 'fields':
        return `${ast.field.text} ${ast.relation} ${ast.other.text}`;
      case 'in':
        return `${ast.field.text} in ${ast.set.length}`;
      case 'matches':
        return `${ast.field.text} ~ ${ast.pattern.text}`;
    }
  };
  return show(parsed.ast);
}

describe('the grammar', () => {
  it.each([
    ['cotp', 'cotp'],
    ['cotp.type == 0x0e', 'cotp.type == number:14'],
    ['cotp.type eq 14', 'cotp.type == number:14'],
    ['cotp.type == "CR Connect Request"', 'cotp.type == string:CR Connect Request'],
    ["p22.subject contains 'it\\'s'", "p22.subject contains string:it's"],
    ['cotp.src-tsap == 4d:54:41', 'cotp.src-tsap == octets:4d5441'],
    ['cotp.src-tsap == 4d-54-41', 'cotp.src-tsap == octets:4d5441'],
    ['tcp && !cotp || ses', '((tcp and !cotp) or ses)'],
    ['tcp and not cotp or ses', '((tcp and !cotp) or ses)'],
    ['tcp || cotp && ses', '(tcp or (cotp and ses))'],
    ['(tcp || cotp) && ses', '((tcp or cotp) and ses)'],
    ['! ! tcp', '!!tcp'],
    ['tcp.flags.syn == true', 'tcp.flags.syn == boolean:true'],
    ['tcp.flags.syn == 1', 'tcp.flags.syn == number:1'],
    ['frame.time_relative < 0.25', 'frame.time_relative < number:0.25'],
    ['tcp.seq >= -1', 'tcp.seq >= number:-1'],
    ['tcp.port in {102, 1024..2048}', 'tcp.port in 2'],
    ['tcp.port not in {102}', '!tcp.port in 1'],
    ['tcp.srcport == tcp.dstport', 'tcp.srcport == tcp.dstport'],
    ['p22.subject matches "^re:"', 'p22.subject ~ ^re:'],
    ['p22.subject ~ r"\\d+"', 'p22.subject ~ \\d+'],
    ['p22.subject matches "\\d+\\.x"', 'p22.subject ~ \\d+\\.x'],
    ['message.state == complete', 'message.state == string:complete'],
    // Of a closed list: in any case, by the word that a table shows, with the number that the tree prints behind.
    ['message.state == Complete', 'message.state == string:complete'],
    ['message.state != rst', 'message.state != string:reset'],
    ['message.state contains "mag"', 'message.state contains string:mag'],
    ['message.state > complete', 'message.state > string:complete'],
    ['pdu.kind == "dt data"', 'pdu.kind == string:DT Data'],
    ['pdu.kind == "DT Data (0x0f)"', 'pdu.kind == string:DT Data'],
    ['tcp.flags.syn == "Set"', 'tcp.flags.syn == boolean:true'],
    ['tcp.flags.syn > "not set"', 'tcp.flags.syn > boolean:false'],
    ['cotp contains 0d', 'cotp contains octets:0d'],
    // Octets are written in several ways; what stands in quotes is the octets of its characters.
    ['cotp contains "0d"', 'cotp contains octets:3064'],
    ['cotp contains 0102', 'cotp contains octets:0102'],
    ['cotp contains 01.02', 'cotp contains octets:0102'],
    ['cotp contains 0xF0', 'cotp contains octets:f0'],
    ['cotp contains dead', 'cotp contains octets:dead'],
    ['cotp contains "\\xf0A\\101\\0"', 'cotp contains octets:f0414100'],
    ['cotp contains "é\\u00e9"', 'cotp contains octets:c3a9c3a9'],
    ['pdu.tsap == MTA', 'pdu.tsap compares with octets such as 02:f0:80, or text in quotes @12'],
    ['pdu.tsap == "MTA"', 'pdu.tsap == octets:4d5441'],
    ['pdu.tsap == 4D-54-41', 'pdu.tsap == octets:4d5441'],
    ['pdu.tsap in {01, "x"}', 'pdu.tsap in 2'],
    ['p22.subject == "\\x41\\u00e9\\q"', 'p22.subject == string:Aé\\q'],
    // A 0 in front makes a number octal, as in Wireshark.
    ['tcp.port == 0146', 'tcp.srcport|tcp.dstport == number:102'],
    ['tcp.port == -00', 'tcp.srcport|tcp.dstport == number:0'],
    ['ip.addr == 10.0.0.0/8', 'ip.src|ip.dst == address:0a000000'],
    ['ipv6.addr == fe80::1', 'ipv6.src|ipv6.dst == address:fe800000000000000000000000000001'],
    ['ipv6.src == 11:22:33:44:55:66:77:88', 'ipv6.src == address:00110022003300440055006600770088'],
    ['frame.time == "1998-06-03 09:13:11.5"', 'frame.time == time:896865191500000000'],
    ['frame.time_epoch > 5.000000001', 'frame.time_epoch > time:5000000001'],
    ['tpkt.length == 18446744073709551616', 'tpkt.length == number:18446744073709551616'],
  ])('%s', (text, expected) => {
    expect(shape(text)).toBe(expected);
  });

  it("takes Wireshark's newer names of P1 and P22, and nodes without the _element behind them", () => {
    expect(shape('x411.priority == urgent')).toBe('p1.priority == string:urgent');
    expect(shape('x420.subject')).toBe('p22.subject');
    expect(shape('x411')).toBe('p1');
    expect(shape('p1.message')).toBe('p1.message_element');
  });

  it('takes any name of the upper layers when the list of them is not at hand, but none of the lower ones', () => {
    expect(parseFilter('p1.some_new_field == 3').ok).toBe(true);
    expect(parseFilter('tcp.some_new_field == 3').ok).toBe(false);
  });
});

describe('errors name the place, what was expected and the nearest field', () => {
  it.each([
    ['', 'the filter ends where a field name, ! or ( is expected', 0, ['field']],
    ['cotp.tpye == 14', 'there is no field cotp.tpye; did you mean cotp.type?', 0, ['field']],
    ['tcp && cotp.tpye', 'there is no field cotp.tpye; did you mean cotp.type?', 7, ['field']],
    ['x411.prioritty', 'there is no field x411.prioritty; did you mean p1.priority?', 0, ['field']],
    ['cotp.type =', 'nothing can begin with = (equality is ==)', 10, ['relation', 'logic', 'end']],
    ['cotp.type == ', 'the filter ends where a value is expected', 13, ['value']],
    ['cotp.type == && tcp', '&& stands where a value is expected', 13, ['value']],
    [
      'cotp.type 14',
      '14 stands where ==, !=, <, <=, >, >=, contains, matches or in, or && or ||, or the end of the filter is expected',
      10,
      ['relation', 'logic', 'end'],
    ],
    ['(tcp', 'the filter ends where && or ||, or ) is expected', 4, ['logic', 'close']],
    ['tcp)', ') stands where && or ||, or the end of the filter is expected', 3, ['logic', 'end']],
    ['tcp &', 'nothing can begin with & ("and" is &&)', 4, ['relation', 'logic', 'end']],
    ['tcp.port in 102', '102 stands where a set such as {1, 2, 8..15} is expected', 12, ['set']],
    ['tcp.port in {80, 110..102}', 'this range ends before it begins', 22, ['value']],
    ['tcp.port in {102', 'the filter ends where , or } or a range such as 8..15 is expected', 16, ['set']],
    ['tcp.port == abc', 'tcp.port compares with a number (decimal, or hexadecimal with 0x)', 12, ['value']],
    [
      'ip.src == 300.1.1.1',
      'ip.src compares with an IPv4 or IPv6 address, or a network such as 10.0.0.0/8',
      10,
      ['value'],
    ],
    [
      'frame.time > yesterday',
      'frame.time compares with a time such as "2026-03-01 09:15:00.25" (UTC), or seconds since 1970',
      13,
      ['value'],
    ],
    [
      'tcp.flags.syn == maybe',
      'tcp.flags.syn compares with true or false (or 1 or 0) or "Set" or "Not set"',
      17,
      ['value'],
    ],
    [
      'tcp.flags.syn == 2',
      'tcp.flags.syn compares with true or false (or 1 or 0) or "Set" or "Not set"',
      17,
      ['value'],
    ],
    [
      'tcp.len > 08',
      'tcp.len compares with a number (decimal, or hexadecimal with 0x); a 0 in front makes it octal',
      10,
      ['value'],
    ],
    ['tcp contains ""', 'tcp contains nothing: at least one character or octet has to be named', 13, ['value']],
    ['cotp contains MTA', 'cotp contains octets such as 02:f0:80, or text in quotes', 14, ['value']],
    [
      'cotp contains message.state',
      'cotp and message.state have values of different kinds, which are never in each other',
      14,
      ['value'],
    ],
    [
      'frame.time == frame.number',
      'frame.time and frame.number have values of different kinds, which are never equal',
      14,
      ['value'],
    ],
    ['tcp.len > "2000"', 'tcp.len compares with a number, which stands without quotes: 2000', 10, ['value']],
    ['tcp.len == 2.5', 'tcp.len compares with a whole number', 11, ['value']],
    ['tcp.len contains 02:f0', 'tcp.len has no octets: it contains text only', 17, ['value']],
    ['tcp contains 3', 'tcp contains octets such as 02:f0:80, or text in quotes', 13, ['value']],
    ['ip.addr == fe80::1', 'ip.addr is an IPv4 address, and fe80::1 one of IPv6', 11, ['value']],
    ['tcp.port == ip.src', 'tcp.port and ip.src have values of different kinds, which are never equal', 12, ['value']],
    [
      'pdu.kind == DT',
      'pdu.kind has no value DT; did you mean "DT Data"? It has numbers, or "DT Data", "CR Connect Request"',
      12,
      ['value'],
    ],
    [
      'pdu.kind in {3, qqq}',
      'pdu.kind has no value qqq; it has numbers, or "DT Data", "CR Connect Request"',
      16,
      ['value'],
    ],
    [
      'pdu.kind > "DT Data"',
      'pdu.kind is less or greater than a number (decimal, or hexadecimal with 0x), not than a name',
      11,
      ['value'],
    ],
    [
      'message.state == damged',
      'message.state has no value damged; did you mean damaged? It has complete, damaged, reset',
      17,
      ['value'],
    ],
    [
      'message.state != rest',
      'message.state has no value rest; did you mean reset? It has complete, damaged, reset',
      17,
      ['value'],
    ],
    ['message.state contains qq', 'message.state has no value qq; it has complete, damaged, reset', 23, ['value']],
    ['message.state matches "^qq"', 'message.state has no value "^qq"; it has complete, damaged, reset', 22, ['value']],
    ['p22.subject matches "("', 'this is no regular expression: missing closing ): `(`', 20, ['value']],
    ['p22.subject == "open', 'the string has no closing "', 15, ['value']],
    ['cotp == 3', 'cotp has no value of its own: it can only be there or not, or contain octets', 5, ['logic', 'end']],
    ['tcp ; rm', 'nothing can begin with ;', 4, ['relation', 'logic', 'end']],
  ])('%s', (text, error, position, expected) => {
    expect(parse(text)).toMatchObject({ ok: false, error, position, expected });
  });

  it('offers the nearest field by itself', () => {
    expect(parse('tpkt.lenght > 3')).toMatchObject({ ok: false, nearest: 'tpkt.length', position: 0, end: 11 });
    expect(parse('qqqqqqqqqqqqqqqq')).toMatchObject({ ok: false, nearest: null });
  });

  it('bounds length and depth', () => {
    expect(parse('('.repeat(5000))).toMatchObject({ ok: false, error: 'more than 100 levels of parentheses and !' });
    expect(parse('!'.repeat(5000))).toMatchObject({ ok: false });
    expect(parse(`tcp ${'|| tcp '.repeat(3000)}`)).toMatchObject({
      ok: false,
      error: 'a filter has at most 10000 characters',
    });
    expect(parse(`tcp ${'|| tcp '.repeat(1000)}`).ok).toBe(true);
  });

  it('never throws, and points into the text', () => {
    const soup = fc
      .array(
        fc.constantFrom(
          'tcp',
          'cotp.type',
          '==',
          '!=',
          '&&',
          '||',
          '!',
          '(',
          ')',
          '{',
          '}',
          ',',
          '..',
          'in',
          'not',
          'matches',
          '"x"',
          '"',
          '0x1f',
          '1.2.3.4',
          'aa:bb',
          ' ',
          '\\',
          '𝒳',
          'valueOf',
          '__proto__',
          '=',
          "'",
        ),
        { maxLength: 30 },
      )
      .map(words => words.join(' '));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 60 })), text => {
        const parsed = parse(text);
        if (parsed.ok) return;
        expect(parsed.error).not.toBe('');
        expect(parsed.position).toBeGreaterThanOrEqual(0);
        expect(parsed.position).toBeLessThanOrEqual(text.length);
        expect(parsed.end).toBeGreaterThanOrEqual(parsed.position);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('completion', () => {
  const at = (text: string) => {
    const cursor = text.indexOf('¦') < 0 ? text.length : text.indexOf('¦');
    const { from, to, items } = completions(text.replace('¦', ''), cursor, FIELDS);
    return { from, to, items: items.map(item => item.text) };
  };

  it('offers fields where a field belongs', () => {
    expect(at('cotp.')).toEqual({ from: 0, to: 5, items: ['cotp.li', 'cotp.src-tsap', 'cotp.type'] });
    expect(at('tcp && ses.t')).toEqual({ from: 7, to: 12, items: ['ses.type'] });
    expect(at('x411.p').items).toEqual(['x411.priority']);
    expect(at('(tcp || !cotp.l').items).toEqual(['cotp.li']);
    expect(at('ip.a').items).toEqual(['ip.addr']);
  });

  it('replaces the word that the cursor stands in', () => {
    expect(at('cotp.ty¦xx == 3')).toEqual({ from: 0, to: 9, items: ['cotp.type'] });
  });

  it('offers relations behind a field, logic behind a test, values that a field is known to have', () => {
    expect(at('cotp.type ').items).toContain('==');
    expect(at('cotp.type ').items).toContain('&&');
    expect(at('cotp.type co').items).toEqual(['contains']);
    expect(at('cotp.type == 3 ').items).toEqual(['&&', '||']);
    expect(at('(cotp.type == 3 ').items).toEqual(['&&', '||', ')']);
    expect(at('message.state == ').items).toEqual(['complete', 'damaged', 'reset']);
    expect(at('message.state == da').items).toEqual(['damaged']);
  });

  it('offers nothing behind a mistake, and never throws', () => {
    expect(at('cotp.tpye == 3 && c').items).toEqual([]);
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), fc.nat(40), (text, cursor) => {
        completions(text, Math.min(cursor, text.length), FIELDS);
      }),
    );
  });
});
