import type { Sample } from '../limits/limit.ts';

/** How soon requests to one origin may follow each other. */
export interface Pace {
  /** How long until the next one may start, in ms; 0 when it may now. */
  readonly remaining: number;
  /** To be called for each one that starts. */
  started(): void;
  /** To be called once for each one that is over. */
  finished(sample: Sample): void;
  /**
   * What was learned so far. The function that it returns goes back to that, after a time in which the
   * origin served no requests.
   */
  checkpoint?(): () => void;
}
