import { DEFAULT_TRIES, FIRST_RETRY_WAIT, LONGEST_RETRY_WAIT } from '../model/options.ts';
import { BaselineErrorRate } from './limits/baseline-error-rate.ts';
import type { Limit } from './limits/limit.ts';
import { OriginHealth } from './origin-health.ts';
import type { Pace } from './pace/pace.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** Decides how many requests one origin is sent, and when. */
export interface OriginControl {
  readonly limit: Limit;
  readonly paces: readonly Pace[];
  readonly health: OriginHealth;
}

/** How origins are controlled. */
export interface OriginOptions {
  /** The most requests in flight to one origin. @default no limit but the run's */
  readonly limitFor?: ((origin: string, baseline: BaselineErrorRate) => Limit) | undefined;
  /** How soon requests to one origin may follow each other. @default at once */
  readonly pacesFor?:
    | ((origin: string, baseline: BaselineErrorRate) => readonly Pace[])
    | undefined;
  /** How a row is tried again; origins that do not serve are probed by it. @default as `download` */
  readonly retries?: RetryPolicy | undefined;
}

const DEFAULT_RETRIES: RetryPolicy = {
  tries: DEFAULT_TRIES,
  backoff: { base: FIRST_RETRY_WAIT, max: LONGEST_RETRY_WAIT },
  random: Math.random,
};

/** An origin without a limit of its own: the run's limit holds. */
const UNLIMITED: Limit = { current: Number.POSITIVE_INFINITY, finished() {} };

/** Makes the control of an origin of which nothing is known yet. */
export function controlOf(
  origin: string,
  { limitFor, pacesFor, retries = DEFAULT_RETRIES }: OriginOptions,
): OriginControl {
  const baseline = new BaselineErrorRate();
  const limit = limitFor?.(origin, baseline) ?? UNLIMITED;
  const paces = pacesFor?.(origin, baseline) ?? [];
  return { limit, paces, health: new OriginHealth(retries) };
}
