import type { Io } from './io.ts';

export interface CommandModule {
  /** `files` are the captures; options and other arguments stand in `options` under their camel-case names. Resolves to the exit code. */
  run(files: string[], options: Record<string, unknown>, io: Io): Promise<number>;
}

/** One entry a command: its code is loaded when it is called, not before. */
export const LOADERS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  analyze: () => import('./commands/analyze.ts'),
  streams: () => import('./commands/streams.ts'),
  events: () => import('./commands/events.ts'),
  associations: () => import('./commands/associations.ts'),
  messages: () => import('./commands/messages.ts'),
  gate: () => import('./commands/gate.ts'),
  extract: () => import('./commands/extract.ts'),
  calibrate: () => import('./commands/calibrate.ts'),
  annotate: () => import('./commands/annotate.ts'),
  report: () => import('./commands/report.ts'),
  serve: () => import('./commands/serve.ts'),
  show: () => import('./commands/show.ts'),
  follow: () => import('./commands/follow.ts'),
  buffers: () => import('./commands/buffers.ts'),
  packets: () => import('./commands/packets.ts'),
  profiles: () => import('./commands/profiles.ts'),
  rules: () => import('./commands/rules.ts'),
  explain: () => import('./commands/explain.ts'),
  completion: () => import('./commands/completion.ts'),
  man: () => import('./commands/man.ts'),
};
