import { main } from './main.ts';
import { processIo } from './process-io.ts';

// No process.exit: standard output is written out before the process ends, and `serve` goes on until it is told to stop.
main(process.argv.slice(2), processIo()).then(code => {
  process.exitCode = code;
});
