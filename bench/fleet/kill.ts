import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, startCommand } from '../../test/fleet/fleet-run.ts';
import { Hosts } from '../../test/fleet/hosts.ts';
import type { PostgresServer } from '../../test/support/postgres.ts';

const TIMES = 5;

/** How soon a shard is with another worker after a kill -9: until its first request. */
export async function measureKill({ url }: PostgresServer, directory: string): Promise<string[]> {
  let isSlow = true;
  await using hosts = await Hosts.start(1, {
    listener: (_, response) => {
      if (!isSlow) response.end('ok');
    },
  });
  const run = (...args: string[]) => startCommand(args, { FLAGHOIST_DATABASE: url });
  const list = join(directory, 'list.txt');
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    isSlow = true;
    await writeFile(list, hosts.url(0, String(time)));
    const plan = `kill${time}`;
    await ended(run('plan', '-i', list, '-d', directory, '--plan', plan), 0);
    const before = hosts.requests;
    const killed = run('work', '-q', '--plan', plan);
    while (hosts.requests === before) await sleep(10);
    const successor = run('work', '-q', '--plan', plan);
    // The moment between two heartbeats is any.
    await sleep(1_000 + time * 700);
    isSlow = false;
    const requests = hosts.requests;
    killed.kill('SIGKILL');
    const at = performance.now();
    await once(killed, 'close');
    while (hosts.requests === requests) await sleep(10);
    times.push((performance.now() - at) / 1000);
    await ended(successor, 0);
  }
  const sorted = times.sort((a, b) => a - b).map((seconds) => seconds.toFixed(1));
  return [`with another worker after a kill -9: ${sorted.join(', ')} s`];
}
