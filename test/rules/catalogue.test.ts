import { describe, expect, it } from 'vitest';
import { RULES, ruleOf } from '../../src/rules/catalogue.ts';

describe('the catalogue', () => {
  it('has one rule a code, with a layer and a slug', () => {
    const codes = RULES.map(rule => rule.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^[a-z][a-z0-9]*\.[a-z0-9][a-z0-9-]*$/);
  });

  it('says of each rule what it means, how sure it is and where it comes from', () => {
    for (const rule of RULES) {
      for (const text of [rule.title, rule.clause, rule.certain, rule.help]) {
        expect(text.trim(), rule.code).not.toBe('');
        expect(text, rule.code).toBe(text.trim());
      }
      expect(['error', 'warning', 'note']).toContain(rule.severity);
      expect(rule.title.endsWith('.'), rule.code).toBe(false);
      expect(rule.help.length, rule.code).toBeGreaterThan(60);
    }
  });

  it('finds a rule by its code', () => {
    expect(ruleOf('mta.9404')?.severity).toBe('error');
    expect(ruleOf('mta.9404-possible')?.severity).toBe('warning');
    expect(ruleOf('mta.9404-fixed')?.severity).toBe('note');
    expect(ruleOf('constructor')).toBeUndefined();
  });

  it('never grades a condition of the capture itself as a fault of the hosts', () => {
    const own = RULES.filter(rule => rule.code.startsWith('capture.') || rule.code.startsWith('tcp.'));
    expect(own.filter(rule => rule.severity === 'error')).toEqual([]);
  });
});
