import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyOverrides, loadProfile, PROFILE_NAMES } from '../../src/mta/profile.ts';
import { assess, codeOf, lengthsFor, MAX_LENGTH, payloadsFor, quietLength } from '../../src/mta/request.ts';

const at = (profile: string, length: number, version = 3) => assess(loadProfile(profile), length, version);

describe('the published numbers', () => {
  it('reads the F0 80 of a DT as 30 elements in 5.0 and 29 in 5.5', () => {
    expect(at('exchange-5.0', 0xf080)).toMatchObject({ headers: 30, elements: 30, models: 'all', outcome: 'fatal' });
    expect(at('exchange-5.5', 0xf080)).toMatchObject({ headers: 29, elements: 29, models: 'all', outcome: 'fatal' });
    expect(at('exchange-5.5', 0xf080).range).toEqual([29, 30]);
    expect(at('exchange-4.0', 0xf080)).toMatchObject({ headers: 30, models: 'all' });
  });

  it.each([
    [44, 1, 1],
    [2052, 1, 1],
    [2072, 1, 1],
    [2073, 2, 1],
    [0xf000, 30, 29],
    [0xe000, 28, 27],
    [0xd000, 26, 25],
    [65535, 32, 31],
    [31080, 15, 15],
    [30720, 15, 14],
    [16384, 8, 7],
    [8192, 4, 3],
  ])('asks for the documented count at length %i', (length, rounded, down) => {
    expect(at('exchange-5.0', length).elements).toBe(rounded);
    expect(at('exchange-5.5', length).elements).toBe(down);
  });

  it('gives the 64-K family both numbers for a true maximum TPKT', () => {
    const result = at('tpkt-64k', 65535);
    expect(result).toMatchObject({ elements: 30, models: 'all', outcome: 'fatal' });
    expect(result.range).toEqual([29, 30]);
    // The attested element does not: it asks for 32 or 31 there.
    expect(at('exchange-5.0', 65535).elements).toBe(32);
  });
});

describe('what the event prints', () => {
  it('is the request of a model under which it is illegal, and says of which', () => {
    expect(at('exchange-5.5', 31081)).toMatchObject({ elements: 15, printed: { headers: 16, elements: 16 } });
    expect(at('exchange-5.5', 31081).printed!.model).toContain('rounds up and counts the whole TPKT');
    expect(at('exchange-5.5', 58016)).toMatchObject({ elements: 28, printed: { elements: 28 } });
    expect(at('exchange-5.5', 58016).printed!.model).toContain('limit of 15 to 27 elements');
    expect(at('exchange-5.5', 0xf080).printed).toEqual({ headers: 29, elements: 29, model: null });
    expect(at('exchange-5.5', 31080).printed).toBeNull();
  });

  it('is a number of elements that some limit calls illegal, whatever the profile and the length', () => {
    const settings = [[], ['rounding=ceil'], ['lengthBasis=user-data'], ['maxElements=20'], ['lengthBasis=tpdu']];
    const lengths = fc.integer({ min: 4, max: MAX_LENGTH });
    fc.assert(
      fc.property(fc.constantFrom(...PROFILE_NAMES), fc.constantFrom(...settings), lengths, (name, set, length) => {
        const profile = applyOverrides(loadProfile(name), set);
        const { printed, outcome, range } = assess(profile, length, 3);
        if (printed === null) return codeOf(outcome) === null;
        const { min, max } = profile.fields.maxElements.range;
        const certain = outcome === 'fatal';
        return printed.elements > (certain ? max : min) && printed.elements >= range[0] && printed.elements <= range[1];
      }),
    );
  });
});

describe('zones', () => {
  // 5.0: up only, limits 15 to 29, all three bases. All models agree once the most lenient one (limit 29, 7 octets off) does.
  it.each([
    ['exchange-4.0', 31080, 'none'],
    ['exchange-4.0', 31081, 'some'],
    ['exchange-4.0', 60095, 'some'],
    ['exchange-4.0', 60096, 'all'],
    ['exchange-5.0', 31080, 'none'],
    ['exchange-5.0', 31081, 'some'],
    ['exchange-5.0', 60095, 'some'],
    ['exchange-5.0', 60096, 'all'],
    // 5.5: either rounding, limits 15 to 28. The most lenient model rounds down: 29 × 2072 + 7.
    ['exchange-5.5', 31080, 'none'],
    ['exchange-5.5', 31081, 'some'],
    ['exchange-5.5', 58017, 'some'],
    ['exchange-5.5', 60094, 'some'],
    ['exchange-5.5', 60095, 'all'],
    ['exchange-5.5', 65535, 'all'],
    ['tpkt-64k', 15 * 2185, 'none'],
    ['tpkt-64k', 15 * 2185 + 1, 'some'],
    ['tpkt-64k', 28 * 2340 + 7, 'some'],
    ['tpkt-64k', 28 * 2340 + 8, 'all'],
  ])('%s at %i: fatal under %s', (profile, length, models) => {
    expect(at(profile, length).models).toBe(models);
  });

  it('has the zones of the whole-TPKT basis when the basis is pinned', () => {
    const profile = applyOverrides(loadProfile('exchange-5.0'), ['lengthBasis=whole']);
    expect(assess(profile, 60088, 3).models).toBe('some');
    expect(assess(profile, 60089, 3).models).toBe('all');
  });

  it('is decided by one number once the user pins the limit', () => {
    const profile = applyOverrides(loadProfile('exchange-5.0'), ['maxElements=15', 'lengthBasis=whole']);
    expect(assess(profile, 31080, 3)).toMatchObject({ models: 'none', margin: 0 });
    expect(assess(profile, 31081, 3)).toMatchObject({ models: 'all', margin: 0, fatalModels: 1, totalModels: 1 });
  });

  it('counts the models and the margin', () => {
    expect(at('exchange-5.0', 0xf080)).toMatchObject({ fatalModels: 45, totalModels: 45, margin: 61568 - 60096 });
    const edge = at('exchange-5.0', 31081);
    expect(edge).toMatchObject({ fatalModels: 1, totalModels: 45, margin: 0 });
    expect(at('exchange-5.5', 31081)).toMatchObject({ fatalModels: 1, totalModels: 84 });
    expect(at('exchange-5.5', 2052)).toMatchObject({ margin: 31080 - 2052, assumptions: [] });
  });
});

describe('headers at their word', () => {
  it('says when a verdict rests on the version octet', () => {
    expect(at('exchange-5.0', 0xf080, 0x34).assumptions.join()).toContain('version octet (34 instead of 03)');
    expect(at('exchange-5.0', 0xf080, 3).assumptions.join()).not.toContain('version');
    expect(at('exchange-5.0', 0xf080, 0x34).models).toBe('all');
  });

  it('asks for nothing under a version check', () => {
    const strict = applyOverrides(loadProfile('exchange-5.0'), ['versionCheck=strict']);
    expect(assess(strict, 0xf080, 0x34)).toMatchObject({ outcome: 'refused', elements: 0, models: 'none' });
    expect(assess(strict, 0xf080, 3)).toMatchObject({ outcome: 'fatal', elements: 30 });
  });

  it('leaves the check open in the rival family, so that it agrees on nothing there', () => {
    expect(at('tpkt-64k', 65535, 0x34)).toMatchObject({ models: 'some', outcome: 'possible' });
  });

  it('rests there on that check alone where every limit is exceeded', () => {
    const { assumptions, margin } = at('tpkt-64k', 65535, 0x34);
    expect(assumptions.join()).not.toContain('legal limit');
    expect(assumptions).toContain('a larger request is not more legal than a smaller one');
    expect(margin).toBe(65535 - 32776);
  });

  it.each([0, 1, 2, 3])('has nothing to request at length %i and says so', length => {
    for (const name of PROFILE_NAMES) {
      const result = at(name, length);
      expect(result).toMatchObject({ outcome: 'nothing', headers: 0, elements: 0, models: 'none' });
      expect(result.assumptions.join()).toContain('not known');
    }
  });

  it('asks for one element from four octets on, whatever the basis takes off', () => {
    for (const basis of ['whole', 'tpdu', 'user-data']) {
      const profile = applyOverrides(loadProfile('exchange-5.0'), [`lengthBasis=${basis}`]);
      for (const length of [4, 5, 7, 8]) expect(assess(profile, length, 3).elements).toBe(1);
    }
  });

  it('refuses by the negotiated size only when told to', () => {
    const checks = applyOverrides(loadProfile('exchange-5.0'), ['tpduSizeCheck=strict']);
    expect(assess(checks, 0xf080, 3, 2048).outcome).toBe('refused');
    expect(assess(checks, 2052, 3, 2048).outcome).toBe('normal');
    expect(assess(checks, 0xf080, 3, null).outcome).toBe('fatal');
    expect(assess(loadProfile('exchange-5.0'), 0xf080, 3, 2048).outcome).toBe('fatal');
  });
});

describe('what a profile file leaves open', () => {
  const open = (fields: object) => loadProfile({ extends: 'exchange-5.0', fields });
  const check = { value: 'none', range: ['none', 'strict'] };

  it('leaves no request illegal under all models that it might stop', () => {
    const size = open({ tpduSizeCheck: check });
    expect(assess(size, 0xf080, 3, 2048)).toMatchObject({
      outcome: 'possible',
      models: 'some',
      fatalModels: 45,
      totalModels: 90,
      range: [0, 30],
    });
    expect(assess(size, 0xf080, 3, 2048).assumptions.join()).toContain(
      'negotiated TPDU size, which this profile leaves open',
    );
    for (const tpduSize of [null, 65531]) expect(assess(size, 0xf080, 3, tpduSize).models).toBe('all');
    const fixed = open({ fixed: { value: false, range: [false, true] } });
    expect(assess(fixed, 0xf080, 3)).toMatchObject({ outcome: 'possible', models: 'some', range: [30, 30] });
    expect(assess(fixed, 0xf080, 3).assumptions).toContain(
      'rests on the correction of Q182619 not being in, which this profile leaves open',
    );
  });

  it('does so by what is admissible, whichever value comes first', () => {
    const size = open({ tpduSizeCheck: { ...check, value: 'strict' } });
    expect(assess(size, 0xf080, 3, 2048).models).toBe('some');
    expect(assess(open({ versionCheck: { ...check, value: 'strict' } }), 0xf080, 0x34).models).toBe('some');
    expect(assess(open({ fixed: { value: true, range: [true, false] } }), 0xf080, 3).outcome).toBe('possible');
  });
});

describe('what a verdict names as assumed', () => {
  const assumed = (settings: string[], length: number) =>
    assess(applyOverrides(loadProfile('exchange-5.5'), settings), length, 3).assumptions;

  it('has what the user set, where it decides', () => {
    expect(assumed(['maxElements=1', 'threadNumber=9'], 0xf080)).toContain('maxElements=1 (set by the user)');
    expect(assumed(['rounding=ceil', 'lengthBasis=whole'], 40000)).toContain(
      'rounding=ceil, lengthBasis=whole (set by the user)',
    );
    expect(assumed([], 40000).join()).not.toContain('set by the user');
  });

  it('knows the room in an element no better than what is kept free of it', () => {
    expect(assumed(['reservedPerElement=24'], 0xf080)).toContain('an element holds 2,048 octets (set by the user)');
    expect(assumed(['reservedPerElement=0'], 0xf080)).toContain(
      'an element holds 2,072 octets (inferred, not documented)',
    );
  });

  it('has the length basis just where another one asks for another number', () => {
    const open = 'whether the whole TPKT or the TPDU or the user data is counted is not known';
    expect(assumed([], 31084)).toContain(open);
    expect(assumed([], 40000)).not.toContain(open);
  });
});

describe('the corrected build', () => {
  it('is never fatal and says what would have been', () => {
    const result = at('exchange-5.5-sp1', 0xf080, 0x34);
    expect(result).toMatchObject({ outcome: 'fixed', models: 'none', elements: 29 });
    expect(result.assumptions.join()).toContain('would have been 9404 before build 2232.18');
    expect(at('exchange-5.5-sp1', 40000).assumptions.join()).toContain('might have been 9404');
    expect(codeOf(result.outcome)).toBe('mta.9404-fixed');
    expect(at('exchange-5.5-sp1', 2052).outcome).toBe('normal');
  });
});

const anyProfile = fc.constantFrom(...PROFILE_NAMES);
const anyLength = fc.integer({ min: 0, max: MAX_LENGTH });
const rank = { none: 0, some: 1, all: 2 } as const;

describe('properties', () => {
  it('never makes a longer TPKT more legal', () => {
    fc.assert(
      fc.property(anyProfile, anyLength, anyLength, (name, a, b) => {
        const [short, long] = [at(name, Math.min(a, b)), at(name, Math.max(a, b))];
        expect(rank[long.models]).toBeGreaterThanOrEqual(rank[short.models]);
        expect(long.elements).toBeGreaterThanOrEqual(short.elements);
      }),
    );
  });

  it('is quiet up to the quiet length and not beyond', () => {
    for (const name of PROFILE_NAMES) {
      const profile = loadProfile(name);
      const quiet = quietLength(profile);
      expect(codeOf(assess(profile, quiet, 3).outcome)).toBeNull();
      expect(codeOf(assess(profile, quiet + 1, 3).outcome)).not.toBeNull();
    }
  });

  it('agrees with counting the models one by one', () => {
    fc.assert(
      fc.property(fc.constantFrom('exchange-4.0', 'exchange-5.0', 'exchange-5.5'), anyLength, (name, length) => {
        const { rounding, maxElements } = loadProfile(name).fields;
        const offs = [0, 4, 7];
        let fatal = 0;
        let total = 0;
        for (const round of rounding.range) {
          for (const off of offs) {
            for (let limit = maxElements.range.min; limit <= maxElements.range.max; limit++) {
              const quotient = (length - off) / 2072;
              const n = length < 4 ? 0 : Math.max(1, round === 'ceil' ? Math.ceil(quotient) : Math.floor(quotient));
              total++;
              if (n > limit) fatal++;
            }
          }
        }
        const result = at(name, length);
        expect(result.models).toBe(fatal === 0 ? 'none' : fatal === total ? 'all' : 'some');
        if (result.outcome !== 'nothing') expect([result.fatalModels, result.totalModels]).toEqual([fatal, total]);
      }),
    );
  });

  it('keeps the zone for as many octets as the margin says, and no more', () => {
    fc.assert(
      fc.property(
        anyProfile,
        fc.integer({ min: 4, max: MAX_LENGTH }),
        fc.constantFrom(3, 14),
        (name, length, version) => {
          const { models, margin, outcome } = at(name, length, version);
          if (outcome === 'fixed') return;
          if (models === 'none') {
            expect(at(name, length + margin, version).models).toBe('none');
            return;
          }
          expect(at(name, length - margin, version).models).toBe(models);
          expect(at(name, length - margin - 1, version).models).not.toBe(models);
        },
      ),
    );
  });

  it('only narrows the models when a field is pinned to an admissible value', () => {
    const setting = fc.oneof(
      fc.integer({ min: 15, max: 28 }).map(limit => `maxElements=${limit}`),
      fc.constantFrom('rounding=ceil', 'lengthBasis=whole', 'lengthBasis=tpdu', 'lengthBasis=user-data'),
    );
    fc.assert(
      fc.property(fc.constantFrom('exchange-5.0', 'exchange-5.5'), setting, anyLength, (name, set, length) => {
        const free = at(name, length);
        const pinned = assess(applyOverrides(loadProfile(name), [set]), length, 3);
        expect(pinned.totalModels).toBeLessThanOrEqual(free.totalModels);
        expect(pinned.range[0]).toBeGreaterThanOrEqual(free.range[0]);
        expect(pinned.range[1]).toBeLessThanOrEqual(free.range[1]);
        if (free.models !== 'some') expect(pinned.models).toBe(free.models);
      }),
    );
  });

  it('solves lengths and payloads exactly', () => {
    const basis = fc.constantFrom('whole', 'tpdu', 'user-data');
    const rounding = fc.constantFrom('ceil', 'floor');
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: MAX_LENGTH }),
        fc.integer({ min: 1, max: 70000 }),
        basis,
        rounding,
        (length, payload, lengthBasis, round) => {
          const off = { whole: 0, tpdu: 4, 'user-data': 7 }[lengthBasis];
          const quotient = (length - off) / payload;
          const n = Math.max(1, round === 'ceil' ? Math.ceil(quotient) : Math.floor(quotient));
          const lengths = lengthsFor(n, payload, lengthBasis, round)!;
          expect(lengths[0]).toBeLessThanOrEqual(length);
          expect(lengths[1]).toBeGreaterThanOrEqual(length);
          if (payload > MAX_LENGTH) return;
          const payloads = payloadsFor(length, n, lengthBasis, round)!;
          expect(payloads[0]).toBeLessThanOrEqual(payload);
          expect(payloads[1]).toBeGreaterThanOrEqual(payload);
        },
      ),
    );
  });

  it.each([
    [65535, 30, [2185, 2259]],
    [65535, 29, [2260, 2340]],
    [65531, 30, [2185, 2259]],
    [61568, 30, [2053, 2123]],
    [61568, 29, [2124, 2198]],
    [61440, 30, [2048, 2118]],
    [57344, 29, [1978, 2047]],
    [30720, 30, [1024, 1059]],
    [8192, 29, [283, 292]],
  ])('implies the documented element sizes for %i octets and %i elements', (length, n, sizes) => {
    expect(payloadsFor(length, n, 'whole', 'ceil')).toEqual(sizes);
  });

  it('gives the documented window of lengths', () => {
    expect(lengthsFor(30, 2072, 'whole', 'ceil')).toEqual([60089, 62160]);
    expect(lengthsFor(29, 2072, 'whole', 'floor')).toEqual([60088, 62159]);
  });
});
