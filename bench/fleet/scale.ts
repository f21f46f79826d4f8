import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ended, startCommand } from '../../test/fleet/fleet-run.ts';
import { Hosts } from '../../test/fleet/hosts.ts';
import type { PostgresServer } from '../../test/support/postgres.ts';

const ROWS = 2_304;
const HOSTS = 64;
const DELAY = 200;
const PER_HOST = 2;

/** One worker beside 2 and 4, with servers that answer late: what a worker waits for, another one can use. */
export async function measureScale({ url }: PostgresServer, directory: string): Promise<string[]> {
  await using hosts = await Hosts.start(HOSTS, {
    delay: DELAY,
    listener: (_, response) => response.end('body'),
  });
  const run = (...args: string[]) => startCommand(args, { FLAGHOIST_DATABASE: url });
  const list = join(directory, 'list.txt');
  await writeFile(
    list,
    Array.from({ length: ROWS }, (_, row) => hosts.url(row % HOSTS, `${row}`)).join('\n'),
  );
  const lines: string[] = [];
  let alone = 0;
  for (const workers of [1, 2, 4]) {
    const plan = `scale${workers}`;
    const out = join(directory, plan);
    const options = ['--plan', plan, '--shard-rows', '12', '--per-host', String(PER_HOST)];
    await ended(run('plan', '-i', list, '-d', out, ...options), 0);
    const began = performance.now();
    await Promise.all(
      Array.from({ length: workers }, () => ended(run('work', '-q', '--plan', plan), 0)),
    );
    const seconds = (performance.now() - began) / 1000;
    if (workers === 1) alone = seconds;
    lines.push(
      `${workers} workers: ${seconds.toFixed(1)} s, ${(alone / seconds).toFixed(2)} times as fast as one`,
    );
  }
  return lines;
}
