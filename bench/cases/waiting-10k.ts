import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requestsThatFit } from '../../src/cli/process-limits.ts';
import { downloadRun } from '../measure/download-run.ts';
import { race } from '../measure/race.ts';
import { timeLimit } from '../measure/time-limit.ts';
import { flaghoistCommand } from '../peers/flaghoist.ts';
import { withValue } from '../results/goals.ts';
import type { Figure } from '../results/result.ts';
import { medianOf } from '../results/statistics.ts';
import { startDelayServer } from '../servers/delay-server.ts';
import { flagBytes, flagUrls } from '../servers/delay-urls.ts';
import type { BenchCase } from './case.ts';

/** In ms. Long enough for the last request to be sent before the first response comes. */
const DELAY = 5_000;
const THREADS = 50;
const THREAD_MEMORY = fileURLToPath(new URL('../measure/thread-memory.ts', import.meta.url));

const execute = promisify(execFile);

/** How many requests can wait at a time, and how much memory each takes. */
export const waiting10k: BenchCase = {
  name: 'waiting-10k',
  title: '10,000 requests in flight at once, each for 5 s',
  rows: 10_000,
  quickRows: 500,
  rounds: 3,
  async run({ rows: wanted, rounds, directory, signal, say }) {
    // A low limit of open files is not the program's fault.
    const rows = Math.min(wanted, requestsThatFit());
    await using server = await startDelayServer(DELAY);
    const files = join(directory, 'files');
    const bytes = await flagBytes();
    const waiter = async (count: number) => {
      const list = join(directory, `${count}.txt`);
      await writeFile(list, flagUrls(server.url, count));
      const names = ['-o', '{index}-{name}', '-d', files];
      const command = flaghoistCommand('get', '-q', '-m', String(count), ...names, '-i', list);
      const expected = { files: count, bytes: count * bytes };
      const options = { limitSeconds: timeLimit(count), signal };
      return {
        name: `flaghoist, ${count.toLocaleString('en')} in flight`,
        run: () => downloadRun({ command, directory: files, expected, options }),
      };
    };
    const [one, all] = [await waiter(1), await waiter(rows)];
    const contenders = await race([one, all], { rounds, say });

    const { maxInFlight } = await server.stats();
    const peak = medianOf(contenders, all.name, 'peakBytes');
    const alone = medianOf(contenders, one.name, 'peakBytes');
    const figures: Figure[] = [
      { name: 'A worker thread that does nothing', value: await threadBytes(), unit: 'bytes' },
    ];
    if (peak !== undefined && alone !== undefined) {
      const value = (peak - alone) / (rows - 1);
      figures.unshift({ name: 'A request that waits, and what is saved', value, unit: 'bytes' });
    }
    return {
      contenders,
      figures,
      goals: [
        {
          name: 'In flight at once',
          unit: 'count',
          sense: 'at least',
          bound: rows,
          value: maxInFlight,
        },
        withValue({ name: 'Peak memory', unit: 'bytes', sense: 'at most', bound: 300e6 }, peak),
      ],
      notes: [
        'In flight is as the server counts it: arrived, and not answered yet.',
        ...(rows < wanted ? [`No more of them fit into the files that may be open here.`] : []),
        `A request costs what ${rows.toLocaleString('en')} add to the peak memory of one, its ` +
          'connection, its buffers and its record included.',
        `A thread costs what ${THREADS} of them add to what is resident.`,
      ],
    };
  },
};

async function threadBytes(): Promise<number> {
  const { stdout } = await execute(process.execPath, [THREAD_MEMORY, String(THREADS)], {
    timeout: 60_000,
  });
  return Number(stdout);
}
