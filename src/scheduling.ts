import type { DownloadOptions } from './download-options.ts';
import type { PendingRow } from './engine/preflight.ts';
import { DEFAULT_MAX_REQUESTS, MOST_AUTO_REQUESTS } from './model/options.ts';
import type { BodyWriter } from './model/response.ts';
import { AdaptiveLimit } from './schedule/adaptive-limit.ts';
import { AdmissionQueue } from './schedule/admission-queue.ts';
import { BackgroundRefusals } from './schedule/background-refusals.ts';
import { FixedPace } from './schedule/fixed-pace.ts';
import { LearnedRate } from './schedule/learned-rate.ts';
import { FixedLimit, type Limit } from './schedule/limit.ts';
import type { Pace } from './schedule/pace.ts';
import { PacedBody } from './schedule/paced-body.ts';
import { TokenBucket } from './schedule/token-bucket.ts';

/** What may come at once after a pause, as a time at full bandwidth, in ms. */
const BANDWIDTH_BURST = 100;

const now = (): number => performance.now();

/** The admission queue that a run's options ask for. @throws RangeError */
export function queueFor(options: DownloadOptions): AdmissionQueue<PendingRow> {
  const { maxRequests = DEFAULT_MAX_REQUESTS, maxRequestsPerOrigin: perOrigin } = options;
  const isAuto = maxRequests === 'auto';
  const most = isAuto ? MOST_AUTO_REQUESTS : maxRequests;
  const fixed = perOrigin === undefined ? undefined : new FixedLimit(perOrigin);
  const backgrounds = new Map<string, BackgroundRefusals>();
  const backgroundOf = (origin: string): BackgroundRefusals => {
    const background = backgrounds.get(origin) ?? new BackgroundRefusals();
    backgrounds.set(origin, background);
    return background;
  };
  const max = Math.min(most, perOrigin ?? most);
  const adaptive = (origin: string): Limit =>
    new AdaptiveLimit({ max, now, background: backgroundOf(origin) });
  const pacesFor = (origin: string): Pace[] => [
    ...(options.requestRate === undefined ? [] : [new FixedPace(options.requestRate, now)]),
    ...(isAuto ? [new LearnedRate({ now, background: backgroundOf(origin) })] : []),
  ];
  // Before anything is done: a rate that is none is an error of the caller's.
  pacesFor('');
  return new AdmissionQueue({
    maxRequests: most,
    limitFor: isAuto ? adaptive : fixed && (() => fixed),
    pacesFor,
    now,
  });
}

/** What holds bodies back that come faster than the run's bandwidth. @throws RangeError */
export function pacedBy({
  bandwidth,
}: DownloadOptions): ((body: BodyWriter) => PacedBody) | undefined {
  if (bandwidth === undefined) return undefined;
  const perMs = bandwidth / 1000;
  const bytes = new TokenBucket({ perMs, burst: perMs * BANDWIDTH_BURST, now });
  return (body) => new PacedBody(body, bytes);
}
