import { join } from 'node:path';
import { downloadRun } from '../measure/download-run.ts';
import { FedList } from '../measure/fed-list.ts';
import { MemoryWatch } from '../measure/memory-watch.ts';
import { race } from '../measure/race.ts';
import { requireRoom, TINY_FILE_BYTES } from '../measure/require-room.ts';
import { timeLimit } from '../measure/time-limit.ts';
import { flaghoist, flaghoistCommand } from '../peers/flaghoist.ts';
import { withValue } from '../results/goals.ts';
import type { Findings, Goal } from '../results/result.ts';
import { median, medianOf } from '../results/statistics.ts';
import { startFirstRequest } from '../servers/first-request.ts';
import { startNginx } from '../servers/nginx.ts';
import { tinyBlocks } from '../servers/tiny-urls.ts';
import type { BenchCase, CaseContext } from './case.ts';
import { type ResidentTenths, residentFindings, residentTenths } from './resident-tenths.ts';

/** A run as seen from outside. */
interface Observed extends ResidentTenths {
  /** Time until the first request; undefined if none came. */
  readonly secondsToFirst: number | undefined;
}

/** A list that is never in memory as a whole: rows are read as there is room. */
export const stdin1m: BenchCase = {
  name: 'stdin-1m',
  title: '1,000,000 URLs from stdin, one byte each, 64 at a time',
  rows: 1_000_000,
  quickRows: 20_000,
  rounds: 3,
  run: feedAll,
};

async function feedAll(context: CaseContext): Promise<Findings> {
  const { rows, rounds, directory, signal, say } = context;
  await requireRoom(directory, rows * TINY_FILE_BYTES);
  await using nginx = await startNginx(join(directory, 'server'));
  const files = join(directory, 'files');
  const names = ['-o', '{path}/{name}', '-d', files];
  const command = flaghoistCommand('get', '-q', '-m', '64', ...names, '-i', '-');
  const observed: Observed[] = [];

  const run = async () => {
    await using first = await startFirstRequest();
    const list = new FedList(withFirst(first.url, tinyBlocks(nginx.http, rows - 1)));
    using memory = new MemoryWatch(() => list.rows);
    let startedAt = 0;
    const onStart = (pid: number) => {
      startedAt = performance.now();
      memory.start(pid);
    };
    const options = { limitSeconds: timeLimit(rows), signal, stdin: list.stdin, onStart };
    const expected = { files: rows, bytes: rows };
    const found = await downloadRun({ command, directory: files, expected, options });
    observed.push({
      secondsToFirst: first.arrivedAt && (first.arrivedAt - startedAt) / 1000,
      ...residentTenths(memory.samples, rows),
    });
    return found;
  };
  const contenders = await race([{ name: flaghoist.name, run }], { rounds, say });
  const peak = medianOf(contenders, flaghoist.name, 'peakBytes');
  return { contenders, ...findingsOf(peak, observed), notes: NOTES };
}

function* withFirst<T>(url: string, blocks: Iterable<T>) {
  yield { rows: 1, lines: `${url}\n` };
  yield* blocks;
}

const NOTES = [
  'Resident memory is sampled ten times a second. Given are the medians while the program receives the second and ' +
    'the last tenth of the rows.',
];

function findingsOf(
  peak: number | undefined,
  observed: readonly Observed[],
): Pick<Findings, 'figures' | 'goals'> {
  const { figures, goal: growth } = residentFindings(observed);
  const first = median(
    observed.map((one) => one.secondsToFirst).filter((value) => value !== undefined),
  );
  const goal = (name: string, unit: Goal['unit'], bound: number, value: number | undefined) =>
    withValue({ name, unit, sense: 'at most', bound }, value);
  return {
    figures,
    goals: [
      goal('Peak memory', 'bytes', 150e6, peak),
      growth,
      goal('First request after', 'seconds', 0.3, first),
    ],
  };
}
