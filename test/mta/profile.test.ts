import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import {
  applyOverrides,
  describeProfile,
  FIELD_NAMES,
  loadProfile,
  PROFILE_NAMES,
  profileFile,
} from '../../src/mta/profile.ts';

describe('built-in profiles', () => {
  it('are the five that the documentation names', () => {
    expect(PROFILE_NAMES).toEqual(['exchange-4.0', 'exchange-5.0', 'exchange-5.5', 'exchange-5.5-sp1', 'tpkt-64k']);
  });

  it('state value, provenance and source of every field, with the value inside its range', () => {
    for (const name of PROFILE_NAMES) {
      const profile = loadProfile(name);
      expect(Object.keys(profile.fields).sort()).toEqual([...FIELD_NAMES].sort());
      for (const [field, knob] of Object.entries(profile.fields)) {
        expect(knob.source, `${name} ${field}`).not.toBe('');
        expect(['D', 'I+', 'I', 'H', 'U']).toContain(knob.provenance);
        if (Array.isArray(knob.range)) expect(knob.range).toContain(knob.value);
        else expect(knob.value >= knob.range.min && knob.value <= knob.range.max, `${name} ${field}`).toBe(true);
      }
    }
  });

  it('describe themselves as rows', () => {
    const rows = describeProfile(loadProfile('exchange-5.5')).fields;
    expect(rows.find(row => row.field === 'rounding')).toMatchObject({
      value: 'floor',
      range: 'floor, ceil',
      provenance: 'H',
    });
    expect(rows.find(row => row.field === 'maxElements')).toMatchObject({
      value: '28',
      range: '15–28',
      provenance: 'U',
    });
    expect(rows.find(row => row.field === 'elementDataBytes')).toMatchObject({ value: '2072', range: '' });
  });
});

describe('settings', () => {
  it('pin a field: its range collapses and its provenance says who set it', () => {
    const profile = applyOverrides(loadProfile('exchange-5.0'), [
      'maxElements=20',
      'versionCheck = strict',
      'fixed=true',
    ]);
    expect(profile.fields.maxElements).toMatchObject({ value: 20, range: { min: 20, max: 20 }, provenance: 'set' });
    expect(profile.fields.versionCheck).toMatchObject({ value: 'strict', range: ['strict'] });
    expect(profile.fields.fixed.value).toBe(true);
    expect(profile.overrides).toEqual({ maxElements: '20', versionCheck: 'strict', fixed: 'true' });
    expect(loadProfile('exchange-5.0').fields.maxElements.value).toBe(29);
  });

  it('say when they leave what is admissible', () => {
    const set = (setting: string) => applyOverrides(loadProfile('exchange-5.0'), [setting]).fields.maxElements.source;
    expect(set('maxElements=40')).toContain('outside the admissible 15–29');
    expect(set('maxElements=20')).not.toContain('outside');
  });

  it('take the other ways to write the length basis', () => {
    expect(applyOverrides(loadProfile('exchange-5.0'), ['lengthBasis=L-7']).fields.lengthBasis.value).toBe('user-data');
  });

  it.each([
    ['maxElement=20', 'Did you mean maxElements?'],
    ['rounding=ceill', 'Did you mean ceil?'],
    ['maxElements=twenty', 'whole number from 1 to 65535'],
    ['maxElements=0', 'whole number from 1'],
    ['maxElements=2.5', 'whole number'],
    ['headersPerElement=0', 'whole number from 1 to 255'],
    ['maxElements', 'field=value'],
    ['fixed=yes', 'true nor false'],
    ['reservedPerElement=2072', 'no room in an element'],
    ['__proto__=1', 'no such field'],
  ])('reject %s', (setting, says) => {
    expect(() => applyOverrides(loadProfile('exchange-5.0'), [setting])).toThrow(UsageError);
    expect(() => applyOverrides(loadProfile('exchange-5.0'), [setting])).toThrow(says);
  });
});

describe('profile files', () => {
  it('extend a built-in profile', () => {
    const profile = loadProfile({
      name: 'ours',
      extends: 'exchange-5.0',
      fields: {
        elementDataBytes: 2048,
        maxElements: { value: 20, range: { min: 18, max: 22 }, provenance: 'I', source: 'our own case' },
        rounding: { value: 'floor', range: ['floor', 'ceil'] },
      },
    });
    expect(profile.name).toBe('ours');
    expect(profile.fields.elementDataBytes).toMatchObject({
      value: 2048,
      range: { min: 2048, max: 2048 },
      provenance: 'set',
    });
    expect(profile.fields.maxElements).toEqual({
      value: 20,
      range: { min: 18, max: 22 },
      provenance: 'I',
      source: 'our own case',
    });
    expect(profile.fields.rounding.range).toEqual(['floor', 'ceil']);
    expect(profile.fields.lengthBasis).toEqual(loadProfile('exchange-5.0').fields.lengthBasis);
  });

  it.each([
    ['exchange-5.1', 'Did you mean exchange-5.'],
    [{ extend: 'exchange-5.0' }, 'Did you mean extends?'],
    [{ extends: 'exchange-9' }, 'no such profile'],
    [{ fields: { maxElement: 3 } }, 'Did you mean maxElements?'],
    [{ fields: { maxElements: { value: 3, range: { min: 5, max: 9 } } } }, 'outside its range'],
    [{ fields: { maxElements: { value: 7, range: { min: 9, max: 5 } } } }, 'above max'],
    [{ fields: { maxElements: { range: { min: 5, max: 9 } } } }, 'value is missing'],
    [{ fields: { headersPerElement: { value: 1, range: { min: 0, max: 1 } } } }, 'range.min: 0 is not a whole number'],
    [{ fields: { rounding: { value: 'ceil', range: [] } } }, 'list of values'],
    [{ fields: { rounding: { value: 'ceil', provenance: 'X' } } }, 'provenance'],
    [{ fields: [] }, 'expected an object'],
    [{ name: 3 }, 'expected text'],
    [[], 'expected an object'],
  ])('reject %j', (file, says) => {
    expect(() => loadProfile(file as object)).toThrow(UsageError);
    expect(() => loadProfile(file as object)).toThrow(says);
  });

  it('survive being written and read', () => {
    const changed = applyOverrides(loadProfile('exchange-5.5'), ['maxElements=20', 'rounding=ceil']);
    const file = JSON.parse(JSON.stringify(profileFile(changed, 'exchange-5.5')));
    expect(Object.keys(file.fields).sort()).toEqual(['maxElements', 'rounding']);
    expect(loadProfile(file).fields).toEqual(changed.fields);
  });
});
