import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../../src/app/addresses.ts';
import { AddressTable } from '../../src/net/address.ts';

describe('an address that a person names', () => {
  it.each([
    ['192.0.2.70', '192.0.2.70'],
    ['::ffff:192.0.2.70', '192.0.2.70'],
    ['::FFFF:c000:246', '192.0.2.70'],
    ['[::ffff:192.0.2.70]', '192.0.2.70'],
    ['2001:DB8:0:1::50', '2001:db8:0:1::50'],
    ['2001:db8:0:1:0:0:0:50', '2001:db8:0:1::50'],
    ['[2001:db8:0:1::50]', '2001:db8:0:1::50'],
    ['2001:0db8:0000:0001:0000:0000:0000:0050', '2001:db8:0:1::50'],
    ['fe80::1%eth0', 'fe80::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::', '::'],
    ['::192.0.2.70', '::c000:246'],
  ])('%s is %s', (given, canonical) => {
    expect(canonicalAddress(given)).toBe(canonical);
  });

  it.each([
    '',
    'foo',
    '192.0.2.7O',
    '192.0.2',
    '192.0.2.070',
    '192.0.2.70:102',
    ' 192.0.2.70',
    '0x7f.1',
    '[192.0.2.70]',
    '[2001:db8::1]:102',
    '[2001:db8::1',
    '2001:db8::1::2',
    'http://[::1]/',
  ])('%j is none', given => {
    expect(canonicalAddress(given)).toBeNull();
  });

  it('is written as addresses of captures are', () => {
    for (let i = 0; i < 256; i++) {
      // Every pattern of zero groups.
      const octets = new Uint8Array(16);
      for (let group = 0; group < 8; group++) octets[2 * group + 1] = (i >> group) & 1;
      octets[0] = 0x20;
      const table = new AddressTable();
      const text = table.text(table.intern(octets, 0));
      const long = [...octets].map(octet => octet.toString(16).padStart(2, '0')).join('');
      expect(canonicalAddress(long.replace(/(....)(?!$)/g, '$1:'))).toBe(text);
    }
  });
});
