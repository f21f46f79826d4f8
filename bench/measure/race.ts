import type { Contender, Run } from '../results/result.ts';

/** A program that takes part in a race. */
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
 * Runs all entrants once in every round, one after the other, so that quiet and busy minutes of the
 * machine are shared among them. Each round begins with another entrant.
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

/** The items of `all` from `start` on, then those before it. */
export function rotate<T>(all: readonly T[], start: number): T[] {
  const first = start % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
