import type { Findings } from '../results/result.ts';

/** What a case is given. */
export interface CaseContext {
  readonly rows: number;
  readonly rounds: number;
  /** Only to see whether everything runs: the figures mean nothing. */
  readonly isQuick: boolean;
  /** Memory-backed; exists, is empty, and is removed afterwards with all that is in it. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Tells the user how far it is. */
  say(line: string): void;
}

/** One benchmark: what is run, what is counted, what it should come to. */
export interface BenchCase {
  /** As in `--case NAME`. */
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  readonly quickRows: number;
  /** Left out, the usual number. */
  readonly rounds?: number;
  run(context: CaseContext): Promise<Findings>;
}
