import type { Knob, Profile, ProfileFields, Provenance } from './knobs.ts';

/*
 * The built-in profiles. Each value says how it is known; docs/mta.md has the argument. The free numbers of the Exchange profiles
 * are the rounding (5.5), the length basis and the legal limit: the models under which a request is judged are their combinations.
 */

const ELEMENT_SOURCE =
  'Q157058, Q152914, Q151395: three crash lines with out-of-range offsets of exactly k × 2072 + 1 (2073; 31081 = 15 × 2072 + 1)';

function fixedNumber(value: number, provenance: Provenance, source: string): Knob<number> {
  return { value, provenance, source, range: { min: value, max: value } };
}

function freeNumber(value: number, min: number, max: number, provenance: Provenance, source: string): Knob<number> {
  return { value, provenance, source, range: { min, max } };
}

function only<T extends string>(value: T, provenance: Provenance, source: string): Knob<T> {
  return { value, provenance, source, range: [value] } as unknown as Knob<T>;
}

function oneOf<T extends string>(range: readonly T[], provenance: Provenance, source: string): Knob<T> {
  return { value: range[0], provenance, source, range } as unknown as Knob<T>;
}

function flag(value: boolean, provenance: Provenance, source: string): Knob<boolean> {
  return { value, provenance, source, range: [value] };
}

const EXCHANGE_5_0: ProfileFields = {
  elementDataBytes: fixedNumber(2072, 'I+', ELEMENT_SOURCE),
  reservedPerElement: fixedNumber(
    0,
    'I',
    'nothing in the crash offsets shows room kept free; 24 (a payload of 2048) can be tried with --set and is not one of the models',
  ),
  headersPerElement: fixedNumber(1, 'D', 'Q182619: 30 headers and 30 elements, 29 headers and 29 elements'),
  lengthBasis: oneOf(
    ['whole', 'tpdu', 'user-data'],
    'U',
    'the TPKT length is what the driver holds when it asks; taking off 4 or 7 octets matters only at an edge',
  ),
  rounding: only(
    'ceil',
    'H',
    "Q182619: with 2072 octets an element only rounding up gives the article's 30 and, rounded down in 5.5, its 29",
  ),
  maxElements: freeNumber(
    29,
    15,
    29,
    'U',
    'illegal at 30 (Q182619); 15 was legal, a chain of 15 × 2072 octets was in use (Q152914, Q151395). The value is the most lenient one',
  ),
  requestTrigger: only('fourth-header-octet', 'I', 'the length is all that the driver needs for its request'),
  versionCheck: only(
    'none',
    'I',
    "the article's numbers need a length of 60089 to 62159, which only a header read at the wrong place (02 F0 80) gives naturally; not documented",
  ),
  tpduSizeCheck: only('none', 'I', 'a check against the negotiated TPDU size would have prevented 9404'),
  lifetime: only(
    'tsdu',
    'U',
    'buffers are held from the request until the TSDU is handed up; an assumption without source',
  ),
  controlBlocks: fixedNumber(
    20,
    'D',
    'registry value "TCP/IP control blocks", default 20 (Q166602, Q200259); --set controlBlocks=N',
  ),
  threadNumber: fixedNumber(10, 'I', 'Q182619 prints 10 for 5.0; illustrative, other articles show other threads'),
  fixed: flag(false, 'D', 'Q182619: a hotfix only, no service pack named'),
};

const EXCHANGE_4_0: ProfileFields = {
  ...EXCHANGE_5_0,
  threadNumber: fixedNumber(10, 'I', 'not printed for 4.0; other 4.0 articles show 10, 11, 22 and 54. Illustrative'),
  rounding: only('ceil', 'H', 'taken from 5.0; Q182619 prints no 4.0 number'),
  maxElements: freeNumber(
    29,
    15,
    29,
    'U',
    'a chain of 15 elements was legal (Q152914, Q151395); the upper end is taken from 5.0, since Q182619 prints no 4.0 number',
  ),
};

const EXCHANGE_5_5: ProfileFields = {
  ...EXCHANGE_5_0,
  elementDataBytes: fixedNumber(2072, 'I', `${ELEMENT_SOURCE}; attested for 4.0 and 5.0, taken over for 5.5`),
  rounding: {
    value: 'floor',
    provenance: 'H',
    source:
      "one buffer in hand already: the length that gives 5.0's 30 rounded up gives 5.5's 29 rounded down (Q182619)",
    range: ['floor', 'ceil'],
  },
  maxElements: freeNumber(
    28,
    15,
    28,
    'U',
    'illegal at 29 (Q182619); 15 was legal in 4.0, and a 5.5 stack shows the 18th element in use (Q269158, weak). The value is the most lenient one',
  ),
  threadNumber: fixedNumber(8, 'I', 'Q182619 prints 8 for 5.5; illustrative, other articles show 36 and 122'),
  fixed: flag(false, 'D', 'Q242221: corrected in Service Pack 1, MTA build 2232.18'),
};

const EXCHANGE_5_5_SP1: ProfileFields = {
  ...EXCHANGE_5_5,
  fixed: flag(
    true,
    'D',
    'Q242221 lists Q182619; what the correction does is not documented (assumed: the connection is dropped)',
  ),
};

const TPKT_64K: ProfileFields = {
  ...EXCHANGE_5_0,
  elementDataBytes: freeNumber(
    2185,
    2185,
    2340,
    'H',
    'solves 65535 / S for 30 (2185–2259) and for 29 (2260–2340); no source shows such an element, three crash lines show 2072',
  ),
  maxElements: freeNumber(28, 15, 28, 'U', 'illegal at 29 and 30 (Q182619), 15 taken as legal'),
  versionCheck: oneOf(
    ['none', 'strict'],
    'U',
    'a true TPKT of 64 K has version 3, so that this family says nothing about the check',
  ),
  rounding: only('ceil', 'H', 'both of the printed numbers are reached by rounding up'),
};

function profile(name: string, title: string, build: string, fields: ProfileFields): Profile {
  return { name, title, build, fields, overrides: {} };
}

export const BUILT_IN_PROFILES: readonly Profile[] = [
  profile('exchange-4.0', 'Exchange Server 4.0 MTA', '837.9 (RTM) to 996.72 (SP5)', EXCHANGE_4_0),
  profile('exchange-5.0', 'Exchange Server 5.0 MTA', '1457.8 (RTM) to 1460.13 (SP2)', EXCHANGE_5_0),
  profile('exchange-5.5', 'Exchange Server 5.5 MTA, no service pack', '1960.3 (RTM)', EXCHANGE_5_5),
  profile(
    'exchange-5.5-sp1',
    'Exchange Server 5.5 MTA, Service Pack 1 and later (corrected)',
    '2232.18 (SP1) and later',
    EXCHANGE_5_5_SP1,
  ),
  profile(
    'tpkt-64k',
    'Rival reading of Q182619: a true TPKT of 64 K and elements of 2185 to 2340 octets',
    'none: a hypothesis, no version',
    TPKT_64K,
  ),
];
