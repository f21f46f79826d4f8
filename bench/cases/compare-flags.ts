import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadRun } from '../measure/download-run.ts';
import { type Entrant, race } from '../measure/race.ts';
import { timeLimit } from '../measure/time-limit.ts';
import type { Peer } from '../peers/peer.ts';
import type { Contender } from '../results/result.ts';
import { flagPath, totalSize } from '../servers/flag-files.ts';
import { startNginx } from '../servers/nginx.ts';
import type { CaseContext } from './case.ts';

/** Requests at a time of every peer. */
const MAX_REQUESTS = 64;

export interface CompareOptions {
  readonly peers: readonly Peer[];
  readonly protocol: 'http' | 'https';
}

/** Lets the peers download the same list of flags from one nginx. Names peers that are not installed. */
export async function compareFlags(
  { peers, protocol }: CompareOptions,
  context: CaseContext,
): Promise<Contender[]> {
  const { rows, rounds, directory, signal, say } = context;
  await using nginx = await startNginx(join(directory, 'server'));
  const urls = Array.from({ length: rows }, (_, row) => `${nginx[protocol]}${flagPath(row)}`);
  const list = join(directory, 'urls.txt');
  await writeFile(list, urls.map((url) => `${url}\n`).join(''));
  const job = {
    ...{ urls, list, directory: join(directory, 'files'), maxRequests: MAX_REQUESTS },
    ...(protocol === 'https' ? { certificate: nginx.certificate } : {}),
  };

  const entrants: Entrant[] = [];
  const missing: Contender[] = [];
  for (const peer of peers) {
    const { name } = peer;
    const version = await peer.version();
    if (version === undefined) {
      missing.push({ name, runs: [], leftOut: 'it is not on this machine' });
      continue;
    }
    const scratch = join(directory, name);
    await mkdir(scratch);
    const command = await peer.command({ ...job, scratch });
    entrants.push({
      ...{ name, version },
      run: () =>
        downloadRun({
          command,
          directory: job.directory,
          expected: { files: rows, bytes: totalSize(rows) },
          count: peer.count,
          options: { limitSeconds: timeLimit(rows), signal },
        }),
    });
  }
  return [...(await race(entrants, { rounds, say })), ...missing];
}
