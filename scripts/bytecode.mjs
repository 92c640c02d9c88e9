// Runs one command of a built dist/ and leaves the bytecode of what it loaded beside the parts: `bytecode.mjs DIST ARGUMENTS…`.
// Its output is not of interest; what counts is what was called.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , dist, ...args] = process.argv;
const boot = createRequire(import.meta.url)(join(dist, 'boot.cjs'));
process.argv = [process.argv[0], join(dist, 'start.cjs'), ...args];
process.on('exit', () => boot.keep());
boot.load('start.cjs');
