import { BufferTimeline } from '../report/buffers.ts';
import { type Requests, SPARKS } from '../report/buffers-sparkline.ts';
import { analyzeFile } from './analyze.ts';
import type { Analyze } from './analyzer.ts';

/** An analysis that also keeps what each stream asked for; `requests` holds the numbers of a file once its report was yielded. */
export function analyzeRequests(): { analyze: Analyze; requests: Requests } {
  const requests = new Map<string, Map<number, number[]>>();
  return {
    requests,
    async *analyze(files, options) {
      for (const file of files) {
        const timelines = new Map<number, BufferTimeline>();
        const report = await analyzeFile(file, options, {
          onBuffers(change) {
            let timeline = timelines.get(change.stream);
            if (timeline === undefined) {
              timeline = new BufferTimeline();
              timelines.set(change.stream, timeline);
            }
            timeline.change(change);
          },
        });
        requests.set(file, new Map([...timelines].map(([stream, timeline]) => [stream, timeline.asked(SPARKS)])));
        yield report;
      }
    },
  };
}
