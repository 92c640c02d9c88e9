import { dirname, relative, resolve } from 'node:path';
import { AnalysisPool } from '../../app/analyze-pool.ts';
import type { Analyze } from '../../app/analyzer.ts';
import { Baseline, DEFAULT_BASELINE } from '../../app/baseline.ts';
import { type LoadedConfig, loadConfig, parseRuleOption } from '../../app/config.ts';
import type { FailOn } from '../../app/config-schema.ts';
import { judgeAbsent, judgeCapture, profilesOf } from '../../app/gate.ts';
import { findCaptures, type Inputs } from '../../app/gate-inputs.ts';
import { inOrder } from '../../app/in-order.ts';
import { Policies } from '../../app/policy.ts';
import { NamedHosts, policyGaps } from '../../app/policy-gaps.ts';
import { UsageError } from '../../base/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { CaptureReport } from '../../model/report.ts';
import { closingText, nameColumns, verdictText } from '../../report/gate-text.ts';
import type { CaptureVerdict, GateResult } from '../../report/judged.ts';
import { readOnce, sourceName } from '../../source/once.ts';
import { tell, threadsOf } from '../analysis.ts';
import { analyzer } from '../analyzer.ts';
import { GateOutputs } from '../gate-outputs.ts';
import { EXIT, type Io } from '../io.ts';
import { progressOf } from '../progress.ts';

/** Exit code: 0 clean, 1 a capture failed, 2 wrong usage or unreadable input, 70 a bug of ours; the highest that applies. */
export async function run(files: string[], options: Record<string, unknown>, io: Io, given?: Analyze): Promise<number> {
  const loaded = options.config === false ? none(io) : await loadConfig(io.cwd, options.config as string | undefined);
  const policies = new Policies(loaded, policyOptions(options), io.cwd);
  const { captures, notices: left } = await inputs(files, loaded, io);
  const { baseline, file: known } = await openBaseline(options, loaded, io);
  const updating = options.updateBaseline === true;
  const paths = captures.map(capture => resolve(io.cwd, capture));
  const { absent, notices } = await policyGaps(loaded, paths, files.length > 0);
  // A slip in a policy is told before the first capture is read.
  const profiles = await profilesOf(policies.for(captures[0]!));
  for (const policy of policies.ofOverrides()) await profilesOf(policy);
  for (const capture of captures) {
    const policy = policies.for(capture);
    await profilesOf(policy);
    if (policy.profiles.length > 1 && readOnce(capture)) {
      throw new UsageError(`${sourceName(capture)} can be judged by one profile only: it can be read only once`);
    }
  }
  const head = { version: io.version, profile: { name: profiles[0]!.name, overrides: profiles[0]!.overrides } };
  const outputs = await GateOutputs.open(options, head, captures, io, updating ? baseline.path : null);
  let pool: AnalysisPool | null = null;
  try {
    const analyze = given ?? (await analyzer());
    const threads = await threadsOf(captures, options, analyze);
    if (threads > 1) pool = new AnalysisPool(threads);
    const write = outputs.log;
    const columns = nameColumns(captures, io.look);
    const verdicts: CaptureVerdict[] = [];
    const found: { capture: string; finding: Finding }[] = [];
    const named = new NamedHosts();
    let exit: number = EXIT.ok;
    const take = async (judged: CaptureVerdict, path: string, report: CaptureReport | null): Promise<void> => {
      for (const { finding, fails } of judged.judged) if (fails) found.push({ capture: path, finding });
      const verdict = updating ? accepted(judged) : judged;
      if (verdict.status === 'failed') exit = Math.max(exit, EXIT.failed);
      await outputs.capture(verdict, report);
      const bad = verdict.status !== 'clean' && verdict.status !== 'warned';
      if (options.summary !== true && (bad || options.quiet !== true))
        await write(verdictText(verdict, io.look, columns));
      verdicts.push(verdict);
    };
    const judgements = inOrder(captures, pool === null ? 0 : 2 * threads, (file, index) =>
      judgeCapture(file, policies.for(file), {
        cwd: io.cwd,
        analyze: pool?.analyze ?? analyze,
        // What is to be written anew accepts nothing: all of it is found again.
        baseline: updating ? null : baseline,
        onProgress: pool === null ? progressOf(io, file, index, captures.length) : null,
        now: () => performance.now(),
      }),
    );
    for await (const judgement of judgements) {
      const { verdict, reports, failure } = judgement;
      const { file } = verdict;
      const path = resolve(io.cwd, file);
      io.progress('');
      if (failure !== null) exit = Math.max(exit, toldOf(failure, file, options, io));
      else if (updating) baseline.seen(path);
      if (reports[0] !== undefined) named.add(policies.for(file).mta, reports[0].hosts);
      await take(verdict, path, reports[0] ?? null);
    }
    for (const [pattern, gap] of absent) {
      const path = resolve(loaded.folder, pattern);
      if (updating) baseline.seen(path);
      await take(
        await judgeAbsent(pattern, gap, policies.for(path), { path, baseline: updating ? null : baseline }),
        path,
        null,
      );
    }
    const said = [...left, ...notices, ...named.notices()];
    for (const notice of said) io.warn(notice);
    const result: GateResult = {
      version: io.version,
      policy: loaded.file,
      baseline: updating ? relative(io.cwd, baseline.path) : known,
      captures: verdicts,
      notices: said,
      staleBaseline: updating ? 0 : baseline.stale(),
    };
    const labels = outputs.labels();
    if (updating) {
      await outputs.baseline(baseline.updated(found));
      labels.push(`${found.length} accepted`);
    }
    await outputs.finish(result, exit);
    await write(closingText(result, labels, io.look));
    return exit;
  } finally {
    await pool?.close();
    outputs.abort();
  }
}

/** The exit code for a capture that could not be judged. What can't be read is told by its line in the log, unless there is none. */
function toldOf(failure: Error, file: string, options: Record<string, unknown>, io: Io): number {
  return failure.name === 'InputError' && options.summary !== true ? EXIT.usage : tell(file, failure, io);
}

/** The verdict once what fails has been put into the baseline. */
function accepted(verdict: CaptureVerdict): CaptureVerdict {
  if (verdict.status !== 'failed') return verdict;
  const judged = verdict.judged.map(entry =>
    entry.fails ? { ...entry, accepted: 'baseline' as const, fails: false } : entry,
  );
  const warned = judged.some(entry => entry.accepted === null && entry.severity !== 'note');
  return { ...verdict, status: warned ? 'warned' : 'clean', judged };
}

function none(io: Io): LoadedConfig {
  return { config: {}, folder: io.cwd, file: null };
}

function policyOptions(options: Record<string, unknown>) {
  return {
    failOn: options.failOn as FailOn | undefined,
    rules: (options.rule as string[]).map(parseRuleOption),
    profiles: options.profile as string[],
    set: options.set as string[],
    mta: options.mta as string[],
    ports: options.port as number[],
    anyPort: options.anyPort === true,
    minTpkts: options.minTpkts as number | undefined,
  };
}

async function inputs(files: readonly string[], { config, folder, file }: LoadedConfig, io: Io): Promise<Inputs> {
  const named = files.length > 0;
  const list = named ? files : (config.captures ?? []);
  if (list.length === 0) {
    throw new UsageError(
      file === null
        ? 'gate: no captures named, and no policy file that names some'
        : `gate: no captures named, neither here nor in ${file} (captures)`,
    );
  }
  const found = await findCaptures(list, config.exclude ?? [], io.cwd, named ? io.cwd : folder, folder);
  if (found.captures.length === 0) throw new UsageError('gate: every capture is excluded by the policy');
  return found;
}

interface Known {
  readonly baseline: Baseline;
  /** As it is shown; null when there is none yet. */
  readonly file: string | null;
}

/**
 * The baseline of the command line or the policy, otherwise the one that --update-baseline writes when neither names one: what was
 * accepted without a name is known without a name.
 */
async function openBaseline(
  options: Record<string, unknown>,
  { config, folder }: LoadedConfig,
  io: Io,
): Promise<Known> {
  const given = options.baseline as string | false | undefined;
  const updating = options.updateBaseline === true;
  if (given === false && updating) throw new UsageError('--update-baseline and --no-baseline exclude each other');
  const path =
    typeof given === 'string' ? resolve(io.cwd, given) : resolve(folder, config.baseline ?? DEFAULT_BASELINE);
  const file = relative(io.cwd, path) || path;
  if (given === false) return { baseline: new Baseline(path, []), file: null };
  const baseline = await Baseline.read(path, file);
  if (baseline !== null) return { baseline, file };
  if (!updating && (given ?? config.baseline) !== undefined) {
    throw new UsageError(
      `${file}: no such baseline; --update-baseline writes it (into ${relative(io.cwd, dirname(path)) || 'this folder'})`,
    );
  }
  return { baseline: new Baseline(path, []), file: null };
}
