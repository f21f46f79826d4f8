import type { Contender, Run } from '../results/result.ts';

/** One who takes part in a race. */
export interface Entrant {
  readonly name: string;
  readonly version?: string;
  run(): Promise<Run>;
}

export interface RaceOptions {
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/**
 * Lets all of them run once in every round, one after the other, so that none has the quiet minutes
 * of the machine for itself. Each round begins with another one.
 */
export async function race(
  entrants: readonly Entrant[],
  { rounds, say }: RaceOptions,
): Promise<Contender[]> {
  const runs = new Map(entrants.map(({ name }): [string, Run[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of rotate(entrants, round)) {
      const found = await run();
      runs.get(name)?.push(found);
      const { wallSeconds, problem } = found;
      say(`round ${round + 1}, ${name}: ${problem ?? `${wallSeconds.toFixed(3)} s`}`);
    }
  }
  return entrants.map(({ name, version }) => ({
    name,
    ...(version === undefined ? {} : { version }),
    runs: runs.get(name) ?? [],
  }));
}

/** The same, beginning with the one at `start`, and going round. */
export function rotate<T>(all: readonly T[], start: number): T[] {
  const first = start % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
