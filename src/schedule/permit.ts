import type { RequestReport } from '../model/request-report.ts';
import type { OriginHealthView } from './origin-health.ts';

/** The right to have one request in flight, until it is released. */
export interface Permit extends Disposable {
  /** Of the origin that the request goes to: it changes as requests are over. */
  readonly health: OriginHealthView;
  /**
   * The request is over. Doing so twice is harmless: the first one counts.
   * @param report what it told about the server, if anything
   */
  release(report?: RequestReport): void;
}
