import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../src/filter/index.ts';
import { packetFields } from '../../src/report/filter-fields.ts';
import { tsharkAvailable } from '../kit/tshark.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/filter.md'), 'utf8');
const OURS = '## What is ours alone';

/** What tshark says against a filter; empty when it takes it. */
function complaint(filter: string): string {
  const file = join(ROOT, 'captures/refused-connect.pcap');
  const { status, stderr } = spawnSync('tshark', ['-n', '-r', file, '-Y', filter], { encoding: 'utf8' });
  return status === 0 ? '' : stderr;
}

/** Code within lines of the text, without what stands in fences and in lists of rows. */
function inline(text: string): string[] {
  const prose = text
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/^## Fields of `mtascope (?!packets)[\s\S]*?(?=^## )/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(match => match[1]!);
}

const marked = [...PAGE.matchAll(/<!-- Wireshark's -->\n```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  [...block!.matchAll(/--filter '([^']+)'/g)].map(match => match[1]!),
);
const shared = inline(PAGE.slice(0, PAGE.indexOf(OURS))).filter(
  code => /^[a-z!(]/.test(code) && !code.startsWith('mtascope') && parseFilter(code, packetFields()).ok,
);
// Wrong on purpose, of the versions since 4.2, or of ours and said to be so.
const elsewhere = new Set(['p35', 'amhs', 'content', 's7comm-plus']);

describe('docs/filter.md', () => {
  it('has examples that are marked as those of Wireshark, and understands them', () => {
    expect(marked.length).toBeGreaterThan(5);
    for (const filter of marked) expect(parseFilter(filter, packetFields()), filter).toMatchObject({ ok: true });
    expect(shared.filter(code => code.includes('==')).length).toBeGreaterThan(1);
  });

  it.skipIf(!tsharkAvailable()).each(marked)('tshark takes what is marked: %s', filter => {
    expect(complaint(filter)).toBe('');
  });

  it.skipIf(!tsharkAvailable())(
    'tshark takes every other filter and name outside of what is ours alone',
    () => {
      const names = shared.filter(code => !elsewhere.has(code) && !/^(p35|amhs)\./.test(code));
      // One run for all of them: each alone would take a second.
      const all = names.map(code => `(${code})`).join(' || ');
      if (complaint(all) === '') return;
      expect(names.filter(code => complaint(code) !== '')).toEqual([]);
    },
    120_000,
  );

  it.skipIf(!tsharkAvailable())(
    'what is said to be ours alone is refused by tshark, and what is set beside it is not',
    () => {
      const rows = PAGE.slice(PAGE.indexOf(OURS)).matchAll(/^\| (.*) \| (.*) \|$/gm);
      const wrong: string[] = [];
      for (const [, here, there] of rows) {
        for (const code of inline(here!).filter(text => / /.test(text) && !/^(stream|mtascope)/.test(text))) {
          if (!parseFilter(code, packetFields()).ok) wrong.push(`we refuse ${code}`);
          if (complaint(code) === '') wrong.push(`tshark takes ${code}`);
        }
        for (const code of inline(there!).filter(text => / /.test(text)))
          if (complaint(code) !== '') wrong.push(`tshark refuses ${code}`);
      }
      expect(wrong).toEqual([]);
    },
    120_000,
  );
});

it('a name of a number is no field, as that of a bit is', () => {
  expect(parseFilter('acse.T.result.accepted', packetFields()).ok).toBe(false);
  expect(parseFilter('acse.ACSE.requirements.authentication', packetFields()).ok).toBe(true);
});
