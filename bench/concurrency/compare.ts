/** One way to do the work that a table compares: all of it, once. */
export type Contender = readonly [name: string, work: () => Promise<unknown>];

const ROUNDS = 9;
/** The first rounds run code that is not optimized yet. */
const WARM_UP = 2;

/**
 * Runs the contenders turn by turn, so that none has the quiet minutes of the machine for itself, and
 * prints the CPU time that each takes for one of `items`, in µs, the least first. CPU time, garbage
 * collection included, says the same on a busy machine as on an idle one, and the clock does not.
 */
export async function compare(
  title: string,
  items: number,
  contenders: readonly Contender[],
): Promise<void> {
  const samples = new Map(contenders.map(([name]) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of contenders) {
      globalThis.gc?.();
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      if (round >= WARM_UP) samples.get(name)?.push((user + system) / items);
    }
  }
  const rows = [...samples].toSorted(([, a], [, b]) => median(a) - median(b));
  console.log(`\n${title}: µs of CPU time for each`);
  console.table(Object.fromEntries(rows.map(([name, us]) => [name, summary(us)])));
}

function summary(us: readonly number[]): Record<string, string> {
  const show = (value: number) => value.toFixed(2);
  return { best: show(Math.min(...us)), median: show(median(us)), worst: show(Math.max(...us)) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
