// What the styles have in common: the files that are wanted, and what it costs to get them.
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StyleAccount } from '../../src/report/comparison.ts';

/** A file to be downloaded, and when it was. */
export interface Job {
  readonly url: string;
  /** Where it goes. */
  readonly path: string;
  /** In ms since the style began: the request was made, its answer began, the file was saved. */
  readonly times: { began: number; answered: number; saved: number };
}

/** @returns how many requests there were at a time, if that could not be as many as asked for, and why */
export type Style = (jobs: readonly Job[], most: number) => Promise<Refusal | undefined>;

interface Refusal {
  readonly most: number;
  readonly why: string;
}

/**
 * Has `style` download what the command line says, and prints what that cost, as JSON:
 *
 *     node examples/styles/STYLE.ts SITE FILES AT_A_TIME DIRECTORY
 */
export async function start(style: Style): Promise<void> {
  const [site = '', files = '', atATime = '', directory = ''] = process.argv.slice(2);
  await mkdir(directory, { recursive: true });
  const before = process.memoryUsage.rss();
  const jobs = Array.from({ length: Number(files) }, (_, i) => jobOf(site, i, directory));
  const begun = performance.now();
  const refusal = await style(jobs, Number(atATime));
  const elapsed = performance.now() - begun;
  const { user, system } = process.cpuUsage();
  const account: StyleAccount = {
    elapsed,
    cpu: (user + system) / 1000,
    memory: { before, peak: process.resourceUsage().maxRSS * 1024 },
    most: Math.min(refusal?.most ?? Number(atATime), jobs.length),
    refusal: refusal?.why,
    times: jobs.map(({ times }) => sinceStart(times, begun)),
  };
  if (!process.stdout.write(`${JSON.stringify(account)}\n`)) await once(process.stdout, 'drain');
}

const COUNTRIES = 'cn in us id br pk ng bd ru jp mx ph vn et eg de ir tr cd fr'.split(' ');

function jobOf(site: string, i: number, directory: string): Job {
  const code = COUNTRIES[i % COUNTRIES.length];
  return {
    // The query makes each a request of its own to a server that fails some of them.
    url: `${site}/${code}/${code}.gif?${i}`,
    path: join(directory, `${i}-${code}.gif`),
    times: { began: 0, answered: 0, saved: 0 },
  };
}

function sinceStart({ began, answered, saved }: Job['times'], begun: number): Job['times'] {
  return { began: began - begun, answered: answered - begun, saved: saved - begun };
}
