import { EXIT } from './io.ts';
import { main } from './main.ts';
import { processIo } from './process-io.ts';

// What ends the process before the exit code is known is a failure of ours: 0, or the 1 of an uncaught error, would be a verdict.
let code: number | null = null;
process.once('exit', reached => {
  if (code === null && reached === 0)
    process.stderr.write('mtascope: internal error: the work ended without a result\n');
  process.exitCode = code ?? EXIT.internal;
});

// No process.exit: standard output is written out before the process ends, and `serve` goes on until it is told to stop.
main(process.argv.slice(2), processIo()).then(settled => {
  code = settled;
});
