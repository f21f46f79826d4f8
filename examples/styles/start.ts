// The part that all styles share: the list of files, and the measurements.
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StyleAccount } from '../../src/report/comparison.ts';

/** A file to download, and its times. */
export interface Job {
  readonly url: string;
  /** Path to save it under. */
  readonly path: string;
  /** When the request was made, its response began and the file was saved; in ms since the style began. */
  readonly times: { began: number; answered: number; saved: number };
}

/**
 * Downloads all jobs, `most` at a time.
 * @returns a lower number at a time and the reason, if `most` was not possible
 */
export type Style = (jobs: readonly Job[], most: number) => Promise<Refusal | undefined>;

interface Refusal {
  readonly most: number;
  readonly why: string;
}

/**
 * Lets `style` download the files of the command line, and prints the time and memory it took, as JSON:
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
    // The query makes each request different for a server that fails some of them.
    url: `${site}/${code}/${code}.gif?${i}`,
    path: join(directory, `${i}-${code}.gif`),
    times: { began: 0, answered: 0, saved: 0 },
  };
}

function sinceStart({ began, answered, saved }: Job['times'], begun: number): Job['times'] {
  return { began: began - begun, answered: answered - begun, saved: saved - begun };
}
