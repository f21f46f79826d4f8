/** What a benchmark found, as it is kept in results/latest.json. Names say the unit: s and bytes. */

/** When a share of the files that can be had was there, in s from the start; left out when it never was. */
export interface Arrivals {
  readonly secondsTo50?: number;
  readonly secondsTo90?: number;
  readonly secondsTo99?: number;
}

/** One run of one program. */
export interface Run extends Arrivals {
  readonly wallSeconds: number;
  /** User and system, all threads. */
  readonly cpuSeconds: number;
  /** The most memory that was resident. */
  readonly peakBytes: number;
  /** Files that were there afterwards. */
  readonly files: number;
  /** Rows that the program's ledger has a final record of. */
  readonly accountedRows?: number;
  /** Ended by the time limit, so its wall time is the least that it would have been. */
  readonly isStopped?: true;
  /** What is wrong with the run; then its figures count for nothing. */
  readonly problem?: string;
}

export interface Contender {
  readonly name: string;
  readonly version?: string;
  readonly runs: readonly Run[];
  /** Why it did not take part. */
  readonly leftOut?: string;
}

export type Unit = 'seconds' | 'bytes' | 'count' | 'times';

/** A number that no table of runs has. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
}

/** A number and what it should be. */
export interface Goal {
  readonly name: string;
  readonly unit: Unit;
  readonly sense: 'at most' | 'at least' | 'more than';
  readonly bound: number;
  /** Left out when it could not be measured, as when the peer is missing. */
  readonly value?: number;
}

/** What a case finds out. */
export interface Findings {
  readonly contenders: readonly Contender[];
  /** The contender that the others are compared with; left out when they are not peers. */
  readonly ours?: string;
  readonly figures?: readonly Figure[];
  readonly goals: readonly Goal[];
  /** What a reader must know to read the figures right: one sentence each. */
  readonly notes?: readonly string[];
}

/** The machine that ran a case, and what runs on all of them. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly nginx: string;
}

/** What a case found, where, when and how. */
export interface CaseResult extends Findings {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  readonly rounds: number;
  /** ISO 8601, when it began. */
  readonly date: string;
  readonly machine: Machine;
  /** Processes that wanted to run in the minute before, on average: what else the machine did. */
  readonly loadBefore: number;
}

export interface Results {
  readonly cases: readonly CaseResult[];
}
