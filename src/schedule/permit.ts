import type { RequestReport } from '../model/request-report.ts';
import type { OriginHealthView } from './origin-health.ts';

/** The right to have one request in flight, until it is released. */
export interface Permit extends Disposable {
  /** Of the origin that the request goes to: it changes as requests are over. */
  readonly health: OriginHealthView;
  /** Requests of that origin that are under way or to be expected; see `AdmissionQueue.expected`. */
  readonly expected: number;
  /**
   * Gives the run's place to another request, while this one waits for a connection that takes its
   * time. The origin's place is kept. Does nothing when too many are parked already.
   */
  park(): void;
  /**
   * Takes a place again before the request is sent.
   * @returns undefined when it has one
   * @throws the task's CancelledError
   */
  resume(): Promise<void> | undefined;
  /**
   * The request is over. Doing so twice is harmless: the first one counts.
   * @param report what it told about the server, if anything
   */
  release(report?: RequestReport): void;
}
