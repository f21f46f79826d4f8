import type { RequestReport } from '../model/request-report.ts';

/** The right to have one request in flight, until it is released. */
export interface Permit extends Disposable {
  /**
   * The request is over. Doing so twice is harmless: the first one counts.
   * @param report what it told about the server, if anything
   */
  release(report?: RequestReport): void;
}
