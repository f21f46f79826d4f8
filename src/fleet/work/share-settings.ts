import type { DownloadOptions } from '../../download-options.ts';
import { DEFAULT_MAX_REQUESTS } from '../../model/options.ts';

/** What the downloads of a process have together. */
export type Shared = Pick<
  DownloadOptions,
  'maxRequests' | 'mostRequests' | 'maxOpenConnections' | 'bandwidth'
>;

/**
 * How many shards a process downloads at a time: each takes a request and a connection at least.
 * @param asked how many it may
 */
export function shardsAtATime(
  {
    maxRequests = DEFAULT_MAX_REQUESTS,
    mostRequests = asMany,
    maxOpenConnections = asMany,
  }: Shared,
  asked: number,
): number {
  const requests = maxRequests === 'auto' ? mostRequests : maxRequests;
  return Math.max(1, Math.min(asked, requests, mostRequests, maxOpenConnections));
}

const asMany = Number.POSITIVE_INFINITY;

/**
 * The options of one of several downloads at a time: together they have the requests of the process.
 * @param part which one, from 0, of how many
 */
export function shareOf<Settings extends Shared>(
  settings: Settings,
  { at, of }: { readonly at: number; readonly of: number },
): Settings {
  const { maxRequests = DEFAULT_MAX_REQUESTS, mostRequests, maxOpenConnections } = settings;
  const share = (whole: number) => Math.floor(whole / of) + (at < whole % of ? 1 : 0);
  return {
    ...settings,
    maxRequests: maxRequests === 'auto' ? maxRequests : share(maxRequests),
    mostRequests: mostRequests && share(mostRequests),
    maxOpenConnections: maxOpenConnections && share(maxOpenConnections),
    bandwidth: settings.bandwidth && settings.bandwidth / of,
  };
}
