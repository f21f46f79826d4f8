// A process of a fleet: downloads rows of one origin within the limits of the fleet, to be killed.
import { download } from '../../../src/download.ts';
import { FleetLimits } from '../../../src/fleet/limits/fleet-limits.ts';
import { openDatabase } from '../../../src/fleet/open-database.ts';
import { LEASE_TIME, SCHEMA } from './limits-schema.ts';

/** Downloads `rows` files below `url`, and returns how they ended. */
export async function limitedRun(
  databaseUrl: string,
  { url, rows, limit, directory }: { url: string; rows: number; limit: number; directory: string },
): Promise<{ status: string; reason?: string | undefined; path?: string | undefined }[]> {
  await using database = await openDatabase(databaseUrl);
  await using limits = new FleetLimits(database, SCHEMA);
  await using sharedLimits = limits.join({ limit, leaseTime: LEASE_TIME });
  const urls = Array.from({ length: rows }, (_, n) => `${url}/${n}`);
  const options = { directory, sharedLimits, maxRequests: 20, retryMaxWait: 2_000 };
  return await Array.fromAsync(download(urls, options));
}
