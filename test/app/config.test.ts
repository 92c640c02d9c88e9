import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Baseline } from '../../src/app/baseline.ts';
import { fits, loadConfig, parseConfig, parseRuleOption } from '../../src/app/config.ts';
import { profileByName } from '../../src/app/config-profile.ts';
import { Policies, type PolicyOptions } from '../../src/app/policy.ts';
import { folder } from '../cli/kit.ts';

const OPTIONS: PolicyOptions = { rules: [], profiles: [], set: [], mta: [], ports: [], anyPort: false };

describe('a policy file', () => {
  it.each([
    ['{"failon": "error"}', "unknown key 'failon' (allowed: $schema, captures,", 'did you mean failOn?'],
    ['{"failOn": "eror"}', 'failOn: "eror" is not allowed (error, warning, note, never)', 'did you mean error?'],
    [
      '{"limits": {"maxTpktLenght": 3}}',
      "unknown key 'maxTpktLenght' in limits (allowed: maxTpktLength, maxPeakElements",
      'did you mean maxTpktLength?',
    ],
    ['{"limits": {"minTpkts": -1}}', 'limits.minTpkts: -1 is too small (from 0 on)', ''],
    ['{"ports": [70000]}', 'ports[0]: 70000 is too large (up to 65535)', ''],
    ['{"ports": "102"}', 'ports: expected a list, not "102"', ''],
    ['{"rules": {"tcp.gapp": "off"}}', "rules: no rule fits 'tcp.gapp'", 'did you mean tcp.gap?'],
    ['{"rules": {"tcp.*": "fatal"}}', 'rules[\'tcp.*\']: "fatal" is not allowed (off, note, warning, error)', ''],
    ['{"overrides": [{"rules": {}}]}', 'overrides[0].files: is missing', ''],
    ['{"overrides": [{"files": ["a"], "rule": {}}]}', "unknown key 'rule' in overrides[0]", 'did you mean rules?'],
    [
      '{"expect": [{"capture": "x", "code": "mta.9494"}]}',
      "expect[0].code: no rule fits 'mta.9494'",
      'did you mean mta.9404?',
    ],
    ['{"mta": ["192.0.2.7O"]}', 'mta[0]: expected an IPv4 or IPv6 address, without a port, not "192.0.2.7O"', ''],
    ['{"overrides": [{"files": ["a"], "mta": ["x"]}]}', 'overrides[0].mta[0]: expected an IPv4 or IPv6 address', ''],
    ['{"profiles": []}', 'profiles: must not be empty', ''],
    ['[1]', 'expected an object, not a list', ''],
    ['{"failOn":\n tru}', 'line 2, column 2', ''],
    ['{"rules":{"tcp.*":"off"},\n "__proto__":{"failOn":"never"}}', "line 2, column 2: '__proto__' can't be a key", ''],
    ['{"rules":{"constructor":"off"}}', "line 1, column 11: 'constructor' can't be a key", ''],
    ['{"overrides":[{"files":["a"],"prototype":1}]}', "column 30: 'prototype' can't be a key", ''],
    ['{"limits":{"toString":1}}', "column 12: 'toString' can't be a key", ''],
    [`{"captures":${'['.repeat(100_000)}`, 'nested too deep', ''],
    ['{"failOn":"error",\n "failOn":"never"}', "line 2, column 2: 'failOn' stands there twice", ''],
    ['{"overrides":[{"files":["a"]},{"files":["b"],"files":["c"]}]}', "column 46: 'files' stands there twice", ''],
  ])('with a mistake names it: %s', (text, what, near) => {
    let message = '';
    try {
      parseConfig(text, 'p.json');
    } catch (error) {
      expect((error as Error).name).toBe('UsageError');
      message = (error as Error).message;
    }
    expect(message).toMatch(/^p\.json: /);
    expect(message).toContain(what);
    expect(message).toContain(near);
    expect(message).not.toContain('\n');
  });

  it('may have comments and trailing commas', () => {
    expect(parseConfig('// policy\n{ "failOn": "note", /* x */ }', 'p')).toEqual({ failOn: 'note' });
  });

  it('may write the address of an MTA as the output does, or otherwise', () => {
    const mta = ['[2001:DB8:0:1::50]', '::ffff:192.0.2.70'];
    expect(parseConfig(JSON.stringify({ mta, overrides: [{ files: ['a'], mta }] }), 'p')).toEqual({
      mta: ['2001:db8:0:1::50', '192.0.2.70'],
      overrides: [{ files: ['a'], mta: ['2001:db8:0:1::50', '192.0.2.70'] }],
    });
  });

  it('is looked for upward from the working directory, the nearest first', async () => {
    const root = folder();
    const inner = join(root, 'a', 'b');
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(root, 'mtascope.config.json'), '{"failOn": "note"}');
    expect(await loadConfig(inner, undefined)).toMatchObject({
      config: { failOn: 'note' },
      folder: root,
      file: '../../mtascope.config.json',
    });
    writeFileSync(join(root, 'a', 'mtascope.config.jsonc'), '{"failOn": "never"} // nearer');
    expect(await loadConfig(inner, undefined)).toMatchObject({ config: { failOn: 'never' }, folder: join(root, 'a') });
    await expect(loadConfig(inner, 'gone.json')).rejects.toThrow("--config gone.json: can't be read: no such file");
  });

  it('means the same to editors: the published schema accepts what the program accepts', () => {
    const schema = JSON.parse(readFileSync(new URL('../../schema/config.schema.json', import.meta.url), 'utf8'));
    const validate = new Ajv2020.default({ strict: true, allowUnionTypes: true }).compile(schema);
    const full = {
      $schema: 'x',
      captures: ['captures'],
      exclude: ['**/broken/**'],
      failOn: 'warning',
      rules: { 'tcp.*': 'off' },
      profiles: ['exchange-5.0', './site.json'],
      set: { maxElements: 20, versionCheck: 'strict', fixed: false },
      mta: ['10.0.0.1'],
      ports: [102, 1102],
      anyPort: true,
      limits: { maxTpktLength: 2052, maxPeakElements: 1, maxControlBlocks: 20, minTpkts: 1 },
      expect: [{ capture: 'a.pcap', code: 'mta.9404', frame: 1, stream: 0, profile: 'exchange-5.0' }],
      baseline: 'b.json',
      overrides: [{ files: ['x/**'], failOn: 'never', expect: [{ code: 'mta.*' }] }],
    };
    expect(parseConfig(JSON.stringify(full), 'p')).toEqual(full);
    validate(full);
    expect(validate.errors).toBeNull();
    for (const bad of [
      { failon: 'error' },
      { failOn: 'eror' },
      { limits: { minTpkts: -1 } },
      { ports: [0] },
      { overrides: [{}] },
    ]) {
      expect(validate(bad), JSON.stringify(bad)).toBe(false);
      expect(() => parseConfig(JSON.stringify(bad), 'p')).toThrow();
    }
  });
});

describe('a pattern of codes', () => {
  it('fits literally but for the asterisk', () => {
    expect(fits('tcp.*', 'tcp.gap')).toBe(true);
    expect(fits('tcp.*', 'tcpXgap')).toBe(false);
    expect(fits('*', 'mta.9404')).toBe(true);
    expect(fits('mta.9404', 'mta.9404-possible')).toBe(false);
    expect(fits('*.9404*', 'mta.9404-possible')).toBe(true);
    expect(fits('aba*ba', 'aba')).toBe(false);
    expect(fits('a*b*b', 'ab')).toBe(false);
    expect(fits('a*b*b', 'abb')).toBe(true);
  });

  it('fits as the regular expression does in which .* stands for the asterisk', () => {
    const letters = fc.stringMatching(/^[ab*]{0,8}$/);
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab]{0,10}$/), (pattern, code) => {
        expect(fits(pattern, code)).toBe(new RegExp(`^${pattern.split('*').join('.*')}$`).test(code));
      }),
    );
  });

  it('takes no time for many asterisks', () => {
    const started = performance.now();
    expect(fits(`${'*'.repeat(100_000)}x`, 'mta.9404-possible')).toBe(false);
    expect(fits(`${'*e'.repeat(10_000)}`, `${'e'.repeat(9999)}`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('--rule', () => {
  it.each(['constructor=off', '__proto__=off', 'toString=off', 'prototype=off', 'tcp.gapp=off', '**********x=off'])(
    '%s: a code that no rule has ends in one line',
    setting => {
      expect(() => parseRuleOption(setting)).toThrow(
        expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(/^--rule: no rule fits '.*$/) }),
      );
    },
  );
});

describe('what else is read as a policy is', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('refuses %s: profile and baseline', async key => {
    const place = folder();
    const profile = join(place, 'p.json');
    writeFileSync(profile, `{"name": "x",\n "${key}": {"extends": "exchange-4.0"}}`);
    expect(() => profileByName(profile, place, '--profile')).toThrow(`${profile}: line 2, column 2: '${key}' can't`);
    const baseline = join(place, 'b.json');
    writeFileSync(baseline, `{"baseline": "mtascope", "version": 1, "findings": [], "${key}": {}}`);
    await expect(Baseline.read(baseline, 'b.json')).rejects.toThrow(`b.json: line 1, column 56: '${key}' can't`);
  });
});

describe('the policy for a capture', () => {
  const config = parseConfig(
    JSON.stringify({
      failOn: 'warning',
      rules: { 'tcp.*': 'off', 'tcp.gap': 'error', '*': 'note' },
      limits: { minTpkts: 1, maxTpktLength: 4096 },
      overrides: [
        { files: ['legacy/**'], failOn: 'error', rules: { 'tcp.gap': 'warning' }, limits: { maxTpktLength: 65_535 } },
        { files: ['refused-*.pcap'], limits: { minTpkts: 0 }, expect: [{ code: 'mta.9215' }] },
      ],
      expect: [{ capture: 'legacy/*.pcap', code: 'mta.9404', frame: 3 }],
    }),
    'p',
  );
  const policies = (options: Partial<PolicyOptions> = {}) =>
    new Policies({ config, folder: '/w', file: 'p' }, { ...OPTIONS, ...options }, '/w');

  it('grades by the exact code first, then by the longer pattern', () => {
    const policy = policies().for('a.pcap');
    expect(policy.grade('tcp.gap', 'note')).toBe('error');
    expect(policy.grade('tcp.reset', 'warning')).toBe('off');
    expect(policy.grade('mta.9404', 'error')).toBe('note');
  });

  it('lets later overrides and the command line win, and merges limits', () => {
    const legacy = policies().for('legacy/refused-1.pcap');
    expect(legacy.failOn).toBe('error');
    expect(legacy.grade('tcp.gap', 'note')).toBe('warning');
    expect(legacy.limits).toEqual({ minTpkts: 0, maxTpktLength: 65_535 });
    expect(legacy.expect.map(entry => entry.code)).toEqual(['mta.9404', 'mta.9215']);
    const commanded = policies({ rules: [parseRuleOption('tcp.gap=off')], failOn: 'never', minTpkts: 7 }).for(
      'legacy/a.pcap',
    );
    expect(commanded.grade('tcp.gap', 'note')).toBe('off');
    expect(commanded.failOn).toBe('never');
    expect(commanded.limits.minTpkts).toBe(7);
  });

  it('fits a pattern without a slash to the file name', () => {
    expect(policies().for('deep/down/refused-2.pcap').limits.minTpkts).toBe(0);
    expect(policies().for('deep/legacy/a.pcap').failOn).toBe('warning');
  });
});
