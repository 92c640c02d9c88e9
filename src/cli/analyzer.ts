import type { Analyze } from '../app/analyzer.ts';

/** The analysis itself, loaded when a command needs it. */
export async function analyzer(): Promise<Analyze> {
  const { analyzeFiles } = await import('../app/analyze.ts');
  return analyzeFiles;
}
