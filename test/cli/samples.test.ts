import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Blocks that begin with a call of the program, in the clone, and go on with what it prints. */
const SAMPLES = ['README.md', 'docs/ci.md'].flatMap(page =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```text\n\$ mtascope (.*)\n([\s\S]*?)^```$/gm)].map(
    ([, command, output]) => ({ page, command: command!, output: output! }),
  ),
);

/** A line of only an ellipsis stands for one line or more, an ellipsis at the end of a line for the rest of it. */
function pattern(sample: string): RegExp {
  const lines = sample.split(/(?<=\n)/).map(line => {
    if (line === '…\n') return '(?:.*\\n)+';
    const [, text, cut] = /^(.*?)(…?)\n$/.exec(line)!;
    return `${text!.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}${cut === '' ? '' : '.+'}\\n`;
  });
  return new RegExp(`^${lines.join('')}$`);
}

it('the front page and the page about builds each show what the program prints', () => {
  expect(SAMPLES.map(({ page }) => page)).toEqual(['README.md', 'docs/ci.md']);
});

it.each(SAMPLES)('$page: mtascope $command', ({ command, output }) => {
  const ran = spawnSync(process.execPath, [join(ROOT, 'bin', 'mtascope.js'), ...command.split(' ')], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  expect(ran.stderr).toBe('');
  // The texts, for a difference that can be read; then all of it, the marked cuts included.
  const whole = output.replaceAll(/…$/gm, '').trimEnd().split('\n');
  for (const line of whole) expect(ran.stdout).toContain(line);
  expect(ran.stdout).toMatch(pattern(output));
});
