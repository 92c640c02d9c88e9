import { showFrame } from '../../app/show.ts';
import { UsageError } from '../../base/errors.ts';
import { didYouMean } from '../../base/nearest.ts';
import { SCHEMA_VERSION } from '../../model/report.ts';
import { packetFields } from '../../report/filter-fields.ts';
import type { ViewField } from '../../report/html/detail.ts';
import { toolOf } from '../../report/json.ts';
import { json } from '../../report/safe.ts';
import { anySelected, type FrameView, frameJson, frameText } from '../../report/tree.ts';
import { analyzeOptions, headOf, tell } from '../analysis.ts';
import type { Io } from '../io.ts';
import { lookFor } from '../listing.ts';
import { writeResult } from '../output.ts';
import { progressOf } from '../progress.ts';

export async function run(files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const file = files[0]!;
  const asked = analyzeOptions(options, io, 'full');
  const look = lookFor(options.output, io);
  const onProgress = progressOf(io, file, 0, 1);
  let view: FrameView;
  try {
    const progress = onProgress === null ? {} : { onProgress };
    view = await showFrame(file, options.frame as number, { ...asked, ...progress }, options.showCredentials === true);
  } catch (error) {
    return tell(file, error, io);
  } finally {
    io.progress('');
  }
  const select = selected((options.select as string[] | undefined) ?? [], view);
  const head = headOf(asked.profile, io);
  const parts =
    options.format === 'json'
      ? [
          `${json({ schemaVersion: SCHEMA_VERSION, tool: toolOf(head), profile: head.profile, ...frameJson(view) }, 2)}\n`,
        ]
      : frameText(view, {
          look,
          anyPort: asked.anyPort,
          wide: options.wide === true,
          expand: options.expand === true,
          names: options.names === true,
          select,
        });
  await writeResult(io, options.output, parts, files);
  return 0;
}

/** The names under which the chosen fields stand in the trees. Throws when a field is not in this frame. */
function selected(names: readonly string[], view: FrameView): Set<string> {
  const out = new Set<string>();
  const trees = [...view.machine, ...view.detail.trees];
  for (const name of names) {
    const resolved = packetFields().resolve(name) ?? [name];
    if (!trees.some(tree => anySelected(tree.fields, new Set(resolved)))) {
      const there = new Set<string>();
      const walk = (fields: readonly ViewField[]): void => {
        for (const field of fields) {
          there.add(field.name);
          walk(field.children);
        }
      };
      for (const tree of trees) walk(tree.fields);
      throw new UsageError(`--select ${name}: frame ${view.detail.no} has no such field${didYouMean(name, there)}`);
    }
    for (const one of resolved) out.add(one);
  }
  return out;
}
