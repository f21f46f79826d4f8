import type { Sample } from '../limits/limit.ts';

/** How soon requests to one origin may follow each other. */
export interface Pace {
  /** How long until the next request may start, in ms; 0 for now. */
  readonly remaining: number;
  /** To be called for each request that starts. */
  started(): void;
  /** To be called for each request that is over. */
  finished(sample: Sample): void;
  /**
   * Remembers what was learned so far.
   * @returns a function that restores it, after a time in which the origin served no requests
   */
  checkpoint?(): () => void;
}
