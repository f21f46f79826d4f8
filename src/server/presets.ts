/** The three test servers and what sets them apart: the only place where their defaults are. */

export type ServerLabel = 'LOCAL' | 'DELAY' | 'ERROR';

/** How late a late response is: drawn evenly between `min` and `max`, both in ms. */
export interface DelayRange {
  readonly min: number;
  readonly max: number;
}

export interface ServerPreset {
  /** TCP port. */
  readonly port: number;
  readonly delay: DelayRange;
  /** Share of all responses that are late, 0 to 1. */
  readonly lateRate: number;
  /** Share of all responses that are a 5xx, 0 to 1; drawn apart from lateness. */
  readonly errorRate: number;
}

/** Half a second: long beside a loopback's answer, so that what concurrency saves is plain to see. */
const LATE: DelayRange = { min: 500, max: 500 };

/** LOCAL's delay is zero rather than its late rate: given a delay, all its responses are late. */
export const SERVER_PRESETS: Readonly<Record<ServerLabel, ServerPreset>> = {
  LOCAL: { port: 8001, delay: { min: 0, max: 0 }, lateRate: 1, errorRate: 0 },
  DELAY: { port: 8002, delay: LATE, lateRate: 1, errorRate: 0 },
  ERROR: { port: 8003, delay: LATE, lateRate: 0.5, errorRate: 0.25 },
};

export const SERVER_LABELS: readonly ServerLabel[] = ['LOCAL', 'DELAY', 'ERROR'];
