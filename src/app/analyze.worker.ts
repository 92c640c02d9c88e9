import { parentPort } from 'node:worker_threads';
import { type AnalyzeJob, work } from './analyze-job.ts';

parentPort!.on('message', (job: AnalyzeJob) => {
  work(job).then(answer => {
    const text = 'result' in answer && Array.isArray(answer.result) ? answer.result : [];
    parentPort!.postMessage(
      answer,
      text.map(part => part.buffer),
    );
  });
});
