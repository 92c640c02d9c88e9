import { ARTICLE } from './article.ts';
import { ASSOCIATIONS } from './associations.ts';
import { CONNECTS } from './connects.ts';
import { FORMATS } from './formats.ts';
import { FRAMING } from './framing.ts';
import { OTHERS } from './others.ts';
import type { Sample } from './scene.ts';
import { ZONES } from './zones.ts';

/** Every bundled capture, in the order of the table. */
export const SAMPLES: readonly Sample[] = [
  ...ARTICLE,
  ...ASSOCIATIONS,
  ...FRAMING,
  ...ZONES,
  ...CONNECTS,
  ...OTHERS,
  ...FORMATS,
];

/** The name of the file with the expected result. */
export function expectedName(file: string): string {
  return `${file.replace(/\.pcap(ng)?(\.gz)?$/, '')}.expected.json`;
}

/** The expected result as it stands in that file. */
export function expectedText(sample: Sample): string {
  return `${JSON.stringify({ file: sample.file, ...sample.build().expected }, null, 2)}\n`;
}
