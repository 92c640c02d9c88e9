import { workerData } from 'node:worker_threads';
import { load } from './boot.ts';

/** Where every thread but the first begins: loads the part of dist/ that its data name. */
load(workerData.part as string);
