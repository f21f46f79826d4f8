import { Bench } from 'tinybench';

/** One way to do the work that a table compares: all of it, once. */
export type Contender = readonly [name: string, work: () => Promise<unknown>];

const ROUNDS = 15;
/** The first rounds run code that is not optimized yet. */
const WARM_UP = 3;

/**
 * Runs the contenders turn by turn, so that none has the quiet minutes of the machine for itself, and
 * prints how long each takes for one of `items`, in µs, the fastest first.
 */
export async function compare(
  title: string,
  items: number,
  contenders: readonly Contender[],
): Promise<void> {
  const samples = new Map(contenders.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    const bench = new Bench({ iterations: 1, time: 0, warmup: false });
    for (const [name, work] of contenders) {
      bench.add(name, async () => void (await work()), { beforeEach: () => globalThis.gc?.() });
    }
    for (const { name, result } of await bench.run()) {
      if (result.state !== 'completed') throw new Error(`${name} did not complete`);
      if (round >= WARM_UP) samples.get(name)?.push((result.latency.mean * 1000) / items);
    }
  }
  const rows = [...samples].toSorted(([, a], [, b]) => median(a) - median(b));
  console.log(`\n${title}: µs for each`);
  console.table(Object.fromEntries(rows.map(([name, us]) => [name, summary(us)])));
}

function summary(us: readonly number[]): Record<string, string> {
  const show = (value: number) => value.toFixed(2);
  return { best: show(Math.min(...us)), median: show(median(us)), worst: show(Math.max(...us)) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
