import type { DownloadOptions } from './download-options.ts';
import type { PendingRow } from './engine/preflight.ts';
import {
  DEFAULT_MAX_REQUESTS,
  DEFAULT_TRIES,
  FIRST_RETRY_WAIT,
  LONGEST_RETRY_WAIT,
  MOST_AUTO_REQUESTS,
  MOST_RUN_REQUESTS,
} from './model/options.ts';
import type { BodyWriter } from './model/response.ts';
import { AdmissionQueue } from './schedule/admission-queue.ts';
import { AdaptiveLimit } from './schedule/limits/adaptive-limit.ts';
import { BaselineErrorRate } from './schedule/limits/baseline-error-rate.ts';
import { FixedLimit, type Limit } from './schedule/limits/limit.ts';
import { RunLimit } from './schedule/limits/run-limit.ts';
import { FixedPace } from './schedule/pace/fixed-pace.ts';
import { LearnedRate } from './schedule/pace/learned-rate.ts';
import type { Pace } from './schedule/pace/pace.ts';
import { PacedBody } from './schedule/pace/paced-body.ts';
import { TokenBucket } from './schedule/pace/token-bucket.ts';
import { MOST_PARKED } from './schedule/request-slots.ts';
import type { RetryPolicy } from './schedule/retry-policy.ts';

/** How much may come at once after a pause, as a time at full bandwidth, in ms. */
const BANDWIDTH_BURST = 100;

const now = (): number => performance.now();

/** The options of a download that say how many requests there are, and how fast. */
type QueueOptions = RetryOptions &
  Pick<
    DownloadOptions,
    | 'maxRequests'
    | 'maxRequestsPerOrigin'
    | 'mostRequests'
    | 'maxOpenConnections'
    | 'requestRate'
    | 'sharedLimits'
  >;

type RetryOptions = Pick<DownloadOptions, 'tries' | 'retryMaxWait'>;

/** The admission queue for a run with these options. @throws RangeError for one out of bounds */
export function queueFor(options: QueueOptions): AdmissionQueue<PendingRow> {
  const { maxRequests = DEFAULT_MAX_REQUESTS, maxRequestsPerOrigin: perOrigin } = options;
  const { mostRequests = MOST_RUN_REQUESTS } = options;
  const { maxOpenConnections = Number.POSITIVE_INFINITY } = options;
  const isAuto = maxRequests === 'auto';
  const fixed = perOrigin === undefined ? undefined : new FixedLimit(perOrigin);
  const max = Math.min(MOST_AUTO_REQUESTS, mostRequests, perOrigin ?? MOST_AUTO_REQUESTS);
  const adaptive = (_origin: string, baseline: BaselineErrorRate): Limit =>
    new AdaptiveLimit({ max, now, baseline });
  const pacesFor = (_origin: string, baseline: BaselineErrorRate): Pace[] => [
    ...(options.requestRate === undefined ? [] : [new FixedPace(options.requestRate, now)]),
    ...(isAuto ? [new LearnedRate({ now, baseline })] : []),
  ];
  // Throws for a bad rate now, before the first request.
  pacesFor('', new BaselineErrorRate());
  return new AdmissionQueue({
    maxRequests: isAuto
      ? new RunLimit({ most: mostRequests, now, utilization: utilization() })
      : maxRequests,
    // The other connections are for the requests in flight.
    mostParked: Math.min(MOST_PARKED, Math.floor(maxOpenConnections / 2)),
    limitFor: isAuto ? adaptive : fixed && (() => fixed),
    pacesFor,
    retries: retriesOf(options),
    shared: options.sharedLimits,
    now,
  });
}

/** How busy the event loop was between two calls, 0 to 1. */
function utilization(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const latest = performance.eventLoopUtilization();
    const { utilization: share } = performance.eventLoopUtilization(latest, last);
    last = latest;
    return share;
  };
}

/** How often and how soon rows are tried again. @throws RangeError for an option out of bounds */
export function retriesOf({
  tries = DEFAULT_TRIES,
  retryMaxWait: max = LONGEST_RETRY_WAIT,
}: RetryOptions): RetryPolicy {
  if (!(tries >= 1)) throw new RangeError(`tries must be 1 or more, not ${tries}`);
  if (!(max >= 0)) throw new RangeError(`retryMaxWait must be 0 or more, not ${max}`);
  return { tries, backoff: { base: FIRST_RETRY_WAIT, max }, random: Math.random };
}

/** Keeps all bodies together to the run's bandwidth. @throws RangeError if that is not more than 0 */
export function pacedBy({
  bandwidth,
}: Pick<DownloadOptions, 'bandwidth'>): ((body: BodyWriter) => PacedBody) | undefined {
  if (bandwidth === undefined) return undefined;
  const perMs = bandwidth / 1000;
  const bytes = new TokenBucket({ perMs, burst: perMs * BANDWIDTH_BURST, now });
  return (body) => new PacedBody(body, bytes);
}
