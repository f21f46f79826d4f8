/** The results of benchmarks, as stored in results/latest.json. Names contain the unit: seconds, bytes. */

/** When a share of the available files had arrived, in s from the start; left out if it never had. */
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
  /** Peak of the resident memory. */
  readonly peakBytes: number;
  /** Files after the run. */
  readonly files: number;
  /** Rows with a final record in the program's ledger. */
  readonly accountedRows?: number;
  /** The time limit ended the run, so its wall time is a lower bound. */
  readonly isStopped?: true;
  /** Why the run does not count. */
  readonly problem?: string;
}

/** A program, and its runs. */
export interface Contender {
  readonly name: string;
  readonly version?: string;
  readonly runs: readonly Run[];
  /** Why it did not take part. */
  readonly leftOut?: string;
}

export type Unit = 'seconds' | 'bytes' | 'count' | 'times';

/** A number that is not in the table of runs. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
}

/** A number and its bound. */
export interface Goal {
  readonly name: string;
  readonly unit: Unit;
  readonly sense: 'at most' | 'at least' | 'more than';
  readonly bound: number;
  /** Left out if it could not be measured, as when the peer is missing. */
  readonly value?: number;
}

/** The findings of a case. */
export interface Findings {
  readonly contenders: readonly Contender[];
  /** The contender that the others are compared with; left out if they are not peers. */
  readonly ours?: string;
  readonly figures?: readonly Figure[];
  readonly goals: readonly Goal[];
  /** Remarks that a reader needs to understand the figures. */
  readonly notes?: readonly string[];
}

/** The machine that ran a case, and its versions of Node and nginx. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly nginx: string;
}

/** The findings of a case, and where, when and how it was run. */
export interface CaseResult extends Findings {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  readonly rounds: number;
  /** ISO 8601, when it began. */
  readonly date: string;
  readonly machine: Machine;
  /** The load average of the minute before. */
  readonly loadBefore: number;
}

export interface Results {
  readonly cases: readonly CaseResult[];
}
