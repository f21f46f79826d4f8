import type { RequestReport } from '../model/request-report.ts';
import type { OriginHealthView } from './origin-health.ts';

/** The right to have one request to one origin in flight, until it is released. */
export interface Permit extends Disposable {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The health of the origin: it changes with each request that is over. */
  readonly health: OriginHealthView;
  /** How many requests to the origin are in flight or to come; see `AdmissionQueue.expected`. */
  readonly expected: number;
  /**
   * Lets another request go before, while this one waits for a slow connection. It still counts as one
   * of its origin. Does nothing when too many requests are parked already.
   */
  park(): void;
  /**
   * Ends the parking before the request is sent.
   * @returns undefined when the request may be sent now, else a promise that is fulfilled once it may
   * @throws (rejects) the task's CancelledError
   */
  resume(): Promise<void> | undefined;
  /**
   * The request is over. Only the first call counts.
   * @param report what it told about the server, if anything
   */
  release(report?: RequestReport): void;
}
