/** The three test servers and their defaults. */

export type ServerLabel = 'LOCAL' | 'DELAY' | 'ERROR';

/** The delay of a late response, drawn evenly between `min` and `max`, both in ms. */
export interface DelayRange {
  readonly min: number;
  readonly max: number;
}

/** The defaults of one test server. */
export interface ServerPreset {
  /** TCP port. */
  readonly port: number;
  readonly delay: DelayRange;
  /** Share of responses that are late, 0 to 1. */
  readonly lateRate: number;
  /** Share of responses that are a 5xx, 0 to 1, drawn independently of lateness. */
  readonly errorRate: number;
}

/** Half a second, so that the time which concurrency saves is easy to see. */
const LATE: DelayRange = { min: 500, max: 500 };

/** LOCAL has a delay of 0 rather than a late rate of 0: given a delay, all its responses are late. */
export const SERVER_PRESETS: Readonly<Record<ServerLabel, ServerPreset>> = {
  LOCAL: { port: 8001, delay: { min: 0, max: 0 }, lateRate: 1, errorRate: 0 },
  DELAY: { port: 8002, delay: LATE, lateRate: 1, errorRate: 0 },
  ERROR: { port: 8003, delay: LATE, lateRate: 0.5, errorRate: 0.25 },
};

export const SERVER_LABELS: readonly ServerLabel[] = ['LOCAL', 'DELAY', 'ERROR'];
