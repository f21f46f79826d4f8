import { join } from 'node:path';
import { downloadRun } from '../measure/download-run.ts';
import { FedList } from '../measure/fed-list.ts';
import { MemoryWatch, samplesBetween } from '../measure/memory-watch.ts';
import { race } from '../measure/race.ts';
import { requireRoom, TINY_FILE_BYTES } from '../measure/require-room.ts';
import { timeLimit } from '../measure/time-limit.ts';
import { flaghoist, flaghoistCommand } from '../peers/flaghoist.ts';
import { withValue } from '../results/goals.ts';
import type { Figure, Findings, Goal } from '../results/result.ts';
import { median, medianOf } from '../results/statistics.ts';
import { startFirstRequest } from '../servers/first-request.ts';
import { startNginx } from '../servers/nginx.ts';
import { tinyBlocks } from '../servers/tiny-urls.ts';
import type { BenchCase, CaseContext } from './case.ts';

/** What is seen of a run from outside. */
interface Observed {
  /** Until the first request; undefined when none came. */
  readonly secondsToFirst: number | undefined;
  /** Median of what is resident while the second tenth of the rows is handed over. */
  readonly early: number | undefined;
  /** The same for the last tenth. */
  readonly late: number | undefined;
}

/** A list that never is in memory: rows are read as there is room. */
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
    const between = (from: number, to: number) =>
      median(samplesBetween(memory.samples, from * rows, to * rows));
    observed.push({
      secondsToFirst: first.arrivedAt && (first.arrivedAt - startedAt) / 1000,
      early: between(0.1, 0.2),
      late: between(0.9, 1),
    });
    return found;
  };
  const contenders = await race([{ name: flaghoist.name, run }], { rounds, say });
  const peak = medianOf(contenders, flaghoist.name, 'peakBytes');
  return { contenders, ...judge(peak, observed), notes: NOTES };
}

function* withFirst<T>(url: string, blocks: Iterable<T>) {
  yield { rows: 1, lines: `${url}\n` };
  yield* blocks;
}

const NOTES = [
  'What is resident is looked at ten times a second; given is the median while the second tenth of ' +
    'the rows, and while the last tenth, is handed over.',
];

function judge(
  peak: number | undefined,
  observed: readonly Observed[],
): Pick<Findings, 'figures' | 'goals'> {
  const middle = (key: keyof Observed) =>
    median(observed.map((one) => one[key]).filter((value) => value !== undefined));
  const [early, late] = [middle('early'), middle('late')];
  const figure = (name: string, value: number | undefined): Figure[] =>
    value === undefined ? [] : [{ name, value, unit: 'bytes' }];
  const goal = (name: string, unit: Goal['unit'], bound: number, value: number | undefined) =>
    withValue({ name, unit, sense: 'at most', bound }, value);
  return {
    figures: [
      ...figure('Resident in the second tenth of the rows', early),
      ...figure('Resident in the last tenth', late),
    ],
    goals: [
      goal('Peak memory', 'bytes', 150e6, peak),
      goal(
        'Resident in the last tenth, to the second',
        'times',
        1.1,
        early && late && late / early,
      ),
      goal('First request after', 'seconds', 0.3, middle('secondsToFirst')),
    ],
  };
}
