import type { Findings } from '../results/result.ts';

/** What a case runs with. */
export interface CaseContext {
  readonly rows: number;
  readonly rounds: number;
  /** Whether the run only checks that everything works: its figures mean nothing. */
  readonly isQuick: boolean;
  /** An empty, memory-backed directory, which is removed afterwards. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Reports progress to the user. */
  say(line: string): void;
}

/** One benchmark: its programs, its measurements and its goals. */
export interface BenchCase {
  /** Its name in `--case NAME`. */
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  readonly quickRows: number;
  /** @default 5 */
  readonly rounds?: number;
  run(context: CaseContext): Promise<Findings>;
}
