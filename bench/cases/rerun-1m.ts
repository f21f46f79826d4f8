import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { countFiles } from '../measure/count-files.ts';
import { toRun } from '../measure/download-run.ts';
import { measure } from '../measure/measure.ts';
import { race } from '../measure/race.ts';
import { requireRoom, TINY_FILE_BYTES } from '../measure/require-room.ts';
import { timeLimit } from '../measure/time-limit.ts';
import { flaghoistCommand } from '../peers/flaghoist.ts';
import { withValue } from '../results/goals.ts';
import { medianOf } from '../results/statistics.ts';
import { startNginx } from '../servers/nginx.ts';
import { tinyBlocks } from '../servers/tiny-urls.ts';
import type { BenchCase } from './case.ts';

const FIRST = 'first run';
const AGAIN = 'the same again';

/** How long it takes to find that no row is left to do. */
export const rerun1m: BenchCase = {
  name: 'rerun-1m',
  title: 'the same command again, when 1,000,000 rows are done',
  rows: 1_000_000,
  quickRows: 20_000,
  rounds: 3,
  async run({ rows, rounds, directory, signal, say }) {
    await requireRoom(directory, rows * TINY_FILE_BYTES);
    await using nginx = await startNginx(join(directory, 'server'));
    const list = join(directory, 'urls.txt');
    const lines = Iterator.from(tinyBlocks(nginx.http, rows)).map((block) => block.lines);
    await pipeline(Readable.from(lines), createWriteStream(list));
    const files = join(directory, 'files');
    const names = ['-o', '{path}/{name}', '-d', files];
    const command = flaghoistCommand('get', '-q', '-m', '64', ...names, '-i', list);
    const run = async () => {
      const usage = await measure(command, { limitSeconds: timeLimit(rows), signal });
      return toRun(usage, await countFiles(files), { files: rows, bytes: rows });
    };
    const contenders = [
      ...(await race([{ name: FIRST, run }], { rounds: 1, say })),
      ...(await race([{ name: AGAIN, run }], { rounds, say })),
    ];
    return {
      contenders,
      goals: [
        withValue(
          { name: 'Again, until nothing is left', unit: 'seconds', sense: 'at most', bound: 5 },
          medianOf(contenders, AGAIN, 'wallSeconds'),
        ),
      ],
      notes: ['The first run is there to fill the ledger; it runs once.'],
    };
  },
};
