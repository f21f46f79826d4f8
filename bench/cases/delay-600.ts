import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_PRESETS } from '../../src/server/presets.ts';
import { downloadRun } from '../measure/download-run.ts';
import type { Command } from '../measure/measure.ts';
import { race } from '../measure/race.ts';
import { timeLimit } from '../measure/time-limit.ts';
import { flaghoist, flaghoistCommand } from '../peers/flaghoist.ts';
import { withValue } from '../results/goals.ts';
import { medianOf } from '../results/statistics.ts';
import { startDelayServer } from '../servers/delay-server.ts';
import { flagBytes, flagUrls } from '../servers/delay-urls.ts';
import type { BenchCase } from './case.ts';

const BARE_SOCKETS = fileURLToPath(new URL('../peers/bare-sockets.js', import.meta.url));

/** The delay of the DELAY server, in ms. */
const DELAY = SERVER_PRESETS.DELAY.delay.max;

/** The use of concurrency: all responses are awaited at the same time. */
export const delay600: BenchCase = {
  name: 'delay-600',
  title: '600 responses, each half a second late, all awaited at once',
  rows: 600,
  quickRows: 60,
  async run({ rows, rounds, directory, signal, say }) {
    await using server = await startDelayServer(DELAY);
    const list = join(directory, 'urls.txt');
    await writeFile(list, flagUrls(server.url, rows));
    const files = join(directory, 'files');
    const names = ['-o', '{index}-{name}', '-d', files];
    const command = flaghoistCommand('get', '-q', '-m', String(rows), ...names, '-i', list);
    const expected = { files: rows, bytes: rows * (await flagBytes()) };
    const options = { limitSeconds: timeLimit(rows), signal };
    const entrant = (name: string, command: Command) => ({
      name,
      run: () => downloadRun({ command, directory: files, expected, options }),
    });
    const bare = { file: process.execPath, args: [BARE_SOCKETS, list, files] };
    const contenders = await race(
      [entrant(flaghoist.name, command), entrant('sockets of Node alone', bare)],
      { rounds, say },
    );

    const delaySeconds = DELAY / 1000;
    const oneByOne = rows * delaySeconds;
    const wall = medianOf(contenders, flaghoist.name, 'wallSeconds');
    return {
      contenders,
      figures: [{ name: 'One at a time: the delays alone', value: oneByOne, unit: 'seconds' }],
      goals: [
        withValue(
          { name: 'Wall time, to one delay', unit: 'times', sense: 'at most', bound: 1.25 },
          wall && wall / delaySeconds,
        ),
        withValue(
          { name: 'Faster than one at a time', unit: 'times', sense: 'more than', bound: 300 },
          wall && oneByOne / wall,
        ),
      ],
      notes: [
        'Wall time is that of the whole process, from its start to its end.',
        'Sockets of Node alone: a script that sends the same requests and saves what comes, without a ledger, ' +
          'deadlines, retries or checks.',
      ],
    };
  },
};
