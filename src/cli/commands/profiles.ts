import wrap from 'wrap-ansi';
import type { Profile } from '../../mta/knobs.ts';
import {
  applyOverrides,
  describeProfile,
  type FieldRow,
  loadProfile,
  PROFILE_NAMES,
  profileFile,
} from '../../mta/profile.ts';
import { type Column, markdownTable, table } from '../../report/columns.ts';
import { textLine } from '../../report/lines.ts';
import { type Look, paint, typography } from '../../report/look.ts';
import { json, markdown } from '../../report/safe.ts';
import { profileFrom } from '../analysis.ts';
import type { Io } from '../io.ts';
import { lookFor } from '../listing.ts';
import { writeResult } from '../output.ts';

const FIELD_COLUMNS: readonly Column<FieldRow>[] = [
  { key: 'field', head: 'Field', value: row => row.field },
  { key: 'value', head: 'Value', value: row => row.value },
  {
    key: 'range',
    head: 'Admissible',
    value: row => row.range,
    text: row => row.range || 'only this',
    shrink: true,
    wrap: true,
    floor: 10,
  },
  { key: 'provenance', head: 'Known', value: row => row.provenance },
  { key: 'source', head: 'Source', value: row => row.source, shrink: true, wrap: true },
];

const LIST_COLUMNS: readonly Column<Profile>[] = [
  { key: 'name', head: 'Profile', value: profile => profile.name },
  { key: 'title', head: 'What', value: profile => profile.title, shrink: true, wrap: true },
  { key: 'build', head: 'MTA builds', value: profile => profile.build, shrink: true, drop: 1 },
];

const LEGEND =
  'Known: D documented; I+ inferred from several independent sources; I inferred; H hypothesis; U unknown; set: given by you.';

/** options: `name`, `set`, `format`, `output`, `wide`. JSON of one profile is a file that --profile takes. */
export async function run(_files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const set = (options.set as string[] | undefined) ?? [];
  const name = options.name as string | undefined;
  const look = lookFor(options.output, io);
  const wide = options.wide === true;
  const parts =
    name === undefined
      ? all(
          PROFILE_NAMES.map(known => applyOverrides(loadProfile(known), set)),
          String(options.format),
          look,
          wide,
        )
      : one(profileFrom(name, set, io), String(options.format), look, wide);
  await writeResult(io, options.output, parts);
  return 0;
}

function all(profiles: readonly Profile[], format: string, look: Look, wide: boolean): Iterable<string> {
  if (format === 'json') return [`${json({ profiles: profiles.map(describeProfile) }, 2)}\n`];
  if (format === 'markdown') return markdownTable(LIST_COLUMNS, profiles);
  return table(LIST_COLUMNS, profiles, look, wide);
}

function* one(profile: Profile, format: string, look: Look, wide: boolean): Generator<string> {
  if (format === 'json') {
    // Every field, not only what differs from the base: the file is there to be read and edited.
    yield `${json({ ...profileFile(profile, profile.extends ?? profile.name), fields: profile.fields }, 2)}\n`;
    return;
  }
  const { title, build, fields } = describeProfile(profile);
  if (format === 'markdown') {
    yield `# ${markdown(profile.name)}\n\n${markdown(title, 600)} (${markdown(build, 600)})\n\n`;
    yield* markdownTable(FIELD_COLUMNS, fields);
    return;
  }
  yield `${textLine(`${paint(look, 'bold', profile.name)}  ${title} (${build})`, look)}\n`;
  if (wide || look.width === null) yield* table(FIELD_COLUMNS, fields, look, wide);
  else {
    // Sources are sentences: on a terminal they stand below, each on lines of its own.
    yield* table(FIELD_COLUMNS.slice(0, -1), fields, look, wide);
    yield '\n';
    for (const field of fields) {
      const text = wrap(typography(look, field.source), Math.max(30, look.width - 4), { hard: true });
      yield `${paint(look, 'dim', field.field)}\n    ${text.replaceAll('\n', '\n    ')}\n`;
    }
  }
  yield `\n${textLine(LEGEND, look)}`;
}
