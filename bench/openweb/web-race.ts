import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseContext } from '../cases/case.ts';
import { type Entrant, race } from '../measure/race.ts';
import type { Job, Patience, Peer } from '../peers/peer.ts';
import type { Contender, Figure } from '../results/result.ts';
import type { WebMix } from './host.ts';
import { startOpenWeb } from './open-web.ts';
import { inResolverNamespace } from './resolver-namespace.ts';
import type { Load } from './server-load.ts';
import { type WebList, writeWebList } from './web-list.ts';
import { webRun } from './web-run.ts';

/** Requests at a time of programs that need a number. */
const MAX_REQUESTS = 256;

const PATIENCE: Patience = { connectSeconds: 10, tries: 3 };

export interface WebEntrant {
  readonly peer: Peer;
  readonly mix: WebMix;
  /** @default the peer's name */
  readonly name?: string;
  /** Whether the peer has a ledger, which must account for every row. */
  readonly hasLedger?: boolean;
}

export interface WebRaceSettings {
  readonly entrants: readonly WebEntrant[];
  readonly perHost: number;
  /** Time limit of a run, in whole seconds. */
  readonly limitSeconds: number;
  /** How many files a contender may open. @default as many as this program */
  readonly openFiles?: number;
}

export interface WebRaceResult {
  /** Rows of each list. */
  readonly rows: number;
  readonly contenders: readonly Contender[];
  readonly figures: readonly Figure[];
}

/** Lets all entrants download from one web, over TLS. Names peers that are not installed. */
export async function raceThroughWeb(
  { entrants, perHost, limitSeconds, openFiles }: WebRaceSettings,
  context: CaseContext,
): Promise<WebRaceResult> {
  const { rows, rounds, directory, signal, say } = context;
  await using web = await startOpenWeb(join(directory, 'web'));
  const lists = new Map<WebMix, WebList>();
  const settings = { scheme: 'https', port: web.ports.https, perHost } as const;
  const hosts = Math.ceil(rows / perHost);
  for (const mix of new Set(entrants.map((entrant) => entrant.mix))) {
    const place = join(directory, `list-${lists.size}`);
    lists.set(mix, await writeWebList(place, { ...settings, hosts, mix }));
  }

  const racing: Entrant[] = [];
  const missing: Contender[] = [];
  for (const { peer, mix, name = peer.name, hasLedger } of entrants) {
    const version = await peer.version();
    if (version === undefined) {
      missing.push({ name, runs: [], leftOut: 'it is not on this machine' });
      continue;
    }
    const list = lists.get(mix) as WebList;
    const files = join(directory, 'files');
    const scratch = join(directory, `scratch-${racing.length}`);
    await mkdir(scratch);
    const job = jobFor(list, { directory: files, scratch, certificate: web.authority });
    const system = openFiles === undefined ? web.resolver : { ...web.resolver, openFiles };
    const command = inResolverNamespace(await peer.command(job), system);
    const run = {
      ...{ command, directory: files, expected: list.expected, load: web.load },
      options: { limitSeconds, signal },
      ...(hasLedger ? { rows: list.urls.length } : {}),
    };
    racing.push({ name, version, run: () => webRun(run) });
  }
  const contenders = [...(await race(racing, { rounds, say })), ...missing];
  const figures = [...goodFiles(entrants, lists), ...loadFigures(web.load.most)];
  return { rows: hosts * perHost, contenders, figures };
}

function jobFor(
  { urls, path }: WebList,
  where: Pick<Job, 'directory' | 'scratch' | 'certificate'>,
): Job {
  return { urls, list: path, maxRequests: MAX_REQUESTS, patience: PATIENCE, ...where };
}

function goodFiles(entrants: readonly WebEntrant[], lists: ReadonlyMap<WebMix, WebList>): Figure[] {
  // The case has the mix of its first entrant.
  const files = entrants[0] && lists.get(entrants[0].mix)?.expected.length;
  return files === undefined ? [] : [{ name: 'Good files', value: files, unit: 'count' }];
}

/** How close the servers were to being the bottleneck. */
export function loadFigures({ nginx, names }: Load): Figure[] {
  return [
    { name: 'nginx in its busiest half second, of a core', value: nginx, unit: 'times' },
    { name: 'The name server in its busiest half second, of a core', value: names, unit: 'times' },
  ];
}
