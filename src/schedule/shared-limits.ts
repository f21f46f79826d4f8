import type { Pace } from './pace/pace.ts';
import type { RevocableRequests } from './revocable-requests.ts';

/** What the other runs of a fleet leave of one origin to this run. It is read whenever it is needed. */
export interface OriginShare {
  /** How many requests may be in flight now; 0 for none, as long as there is no lease. */
  readonly requests: number;
  /** How soon requests may follow each other. @default undefined no rate is shared */
  readonly pace?: Pace | undefined;
}

/** Why an origin gets no requests for a while, or none at all. Times are in ms of the queue's clock. */
export interface OriginTrouble {
  /** What the last request failed with. */
  readonly cause: unknown;
  /** When the first of the failures in a row ended. */
  readonly since: number;
  /** When this run was last answered, by any origin; -Infinity for never. */
  readonly answeredAt: number;
}

/**
 * Limits that several runs keep together, such as the workers of a fleet. An `AdmissionQueue` that has
 * them sends an origin no more requests than its share, and says what becomes of it. They answer at
 * once, from what they know; a share that changes later is announced by {@link SharedOrigins.changed}.
 */
export interface SharedLimits {
  /** The requests in flight, which end when the shares run out. @default undefined they go on */
  readonly requests?: RevocableRequests | undefined;
  /** The queue begins. To be called once, before all others. */
  begin(origins: SharedOrigins): void;
  /** `origin` gets rows or requests, and needs a share until {@link leave}. */
  enter(origin: string): OriginShare;
  /** `origin` has neither rows nor requests. */
  leave(origin: string): void;
  /** The server asks for a pause (`Retry-After`): no requests before `until`. */
  paused(origin: string, until: number): void;
  /** The origin is held: this run probes it, the next time at `until`. Called after each failed probe. */
  held(origin: string, until: number, trouble: OriginTrouble): void;
  /** An origin that was held or given up answers. */
  recovered(origin: string): void;
  /** The origin is given up. */
  down(origin: string, trouble: OriginTrouble): void;
}

/** What {@link SharedLimits} see of a run, and do to it. Times are in ms of the queue's clock. */
export interface SharedOrigins {
  /** How many requests to `origin` are in flight. */
  inFlight(origin: string): number;
  /** How many requests to `origin` there would be now with the largest share: its rows, and its limit. */
  demand(origin: string): number;
  /** The share of `origin` has changed. */
  changed(origin: string): void;
  /**
   * No requests to `origin` before `until`.
   * @param since of a hold by another run: when its failures began. An answer to this run since then
   *   contradicts it, so it has no effect. Undefined for a pause that the server asked for
   */
  hold(origin: string, until: number, since?: number): void;
  /** `origin` answers another run: a pause, a hold or a surrender is over. The requests begin with few. */
  resume(origin: string): void;
  /** Another run has given `origin` up: its rows end with `cause`, those too that are read before `until`. */
  giveUp(origin: string, cause: unknown, until: number, since: number): void;
}
