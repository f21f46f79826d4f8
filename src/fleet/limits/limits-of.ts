import type { DownloadOptions } from '../../download-options.ts';
import { DEFAULT_MAX_REQUESTS, MOST_AUTO_REQUESTS } from '../../model/options.ts';

/**
 * What a fleet sends one origin at most: as much as one run would. That is the limit for each origin, or
 * else that of the run; with `auto`, the most that it may find.
 */
export function limitsOf({
  maxRequests = DEFAULT_MAX_REQUESTS,
  maxRequestsPerOrigin,
  requestRate,
}: Pick<DownloadOptions, 'maxRequests' | 'maxRequestsPerOrigin' | 'requestRate'>): {
  readonly limit: number;
  readonly rate: number | undefined;
} {
  const ofRun = maxRequests === 'auto' ? MOST_AUTO_REQUESTS : maxRequests;
  return { limit: Math.min(ofRun, maxRequestsPerOrigin ?? ofRun), rate: requestRate };
}
