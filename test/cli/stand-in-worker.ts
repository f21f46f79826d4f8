// A worker of `runProcesses` in its tests. Its last argument but three says how each of them ends, in the
// order in which they start: with an exit code, by SIGKILL, or by a signal of the test.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { STAND_IN: directory = '', FLAGHOIST_DATABASE: database } = process.env;
const args = process.argv.slice(2);
const ends = args.at(-4)?.split(',') ?? [];

/** The number of this worker: the first file that is not there yet. */
function claim(number = 0): number {
  try {
    writeFileSync(join(directory, String(number)), '', { flag: 'wx' });
    return number;
  } catch {
    return claim(number + 1);
  }
}

const number = claim();
const draft = join(directory, `${number}.draft`);
writeFileSync(draft, JSON.stringify({ args, database }));
renameSync(draft, join(directory, `${number}.json`));
const end = ends[number];
if (end === 'kill') process.kill(process.pid, 'SIGKILL');
else if (end === 'wait') setTimeout(() => {}, 30_000);
else process.exitCode = Number(end);
