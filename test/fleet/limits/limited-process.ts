// node limited-process.ts DATABASE OPTIONS: runs limitedRun() in a process of its own.
import { limitedRun } from './limited-run.ts';

const [database = '', options = ''] = process.argv.slice(2);
await limitedRun(database, JSON.parse(options));
