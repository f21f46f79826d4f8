import { join } from 'node:path';
import { FedList } from '../measure/fed-list.ts';
import { MemoryWatch } from '../measure/memory-watch.ts';
import { race } from '../measure/race.ts';
import { requireRoom } from '../measure/require-room.ts';
import { FAST_MIX } from '../openweb/mixes.ts';
import { startOpenWeb } from '../openweb/open-web.ts';
import { inResolverNamespace } from '../openweb/resolver-namespace.ts';
import { accountedGoal, peakGoal } from '../openweb/web-goals.ts';
import { urlBlocks, writeWebList } from '../openweb/web-list.ts';
import { loadFigures } from '../openweb/web-race.ts';
import { webRun } from '../openweb/web-run.ts';
import { flaghoist, flaghoistByDefault } from '../peers/flaghoist.ts';
import type { Findings } from '../results/result.ts';
import type { BenchCase, CaseContext } from './case.ts';
import { type ResidentTenths, residentFindings, residentTenths } from './resident-tenths.ts';

/** In s: twice the time at 300 files a second. */
const LIMIT_SECONDS = 2_000;
/** Bytes of a flag in memory-backed storage, with its inode, its name and its record. */
const ROOM_FOR_FILE = 8_000;

/** Too many hosts to keep much about each: the memory for a host must be small, or be freed. */
export const openweb300k: BenchCase = {
  name: 'openweb-300k',
  title: '300,000 hosts with a file each, over HTTP',
  rows: 300_000,
  quickRows: 3_000,
  rounds: 1,
  run: passThrough,
};

async function passThrough(context: CaseContext): Promise<Findings> {
  const { rows, rounds, directory, signal, say } = context;
  await requireRoom(directory, rows * ROOM_FOR_FILE);
  await using web = await startOpenWeb(join(directory, 'web'));
  const { urls, expected } = await writeWebList(join(directory, 'list'), {
    ...{ scheme: 'http', port: web.ports.http, hosts: rows, perHost: 1, mix: FAST_MIX },
  });
  const files = join(directory, 'files');
  const job = { urls, list: '-', directory: files, scratch: directory, maxRequests: 0 };
  const command = inResolverNamespace(await flaghoistByDefault.command(job), web.resolver);
  const resident: ResidentTenths[] = [];

  const run = async () => {
    const list = new FedList(urlBlocks(urls));
    using memory = new MemoryWatch(() => list.rows);
    const onStart = (pid: number) => memory.start(pid);
    const options = { limitSeconds: LIMIT_SECONDS, signal, stdin: list.stdin, onStart };
    const { load } = web;
    const ended = await webRun({ command, directory: files, expected, rows, options, load });
    resident.push(residentTenths(memory.samples, rows));
    return ended;
  };
  const contenders = await race([{ name: flaghoist.name, run }], { rounds, say });
  const { figures, goal } = residentFindings(resident);
  return {
    contenders,
    figures: [...figures, ...loadFigures(web.load.most)],
    goals: [peakGoal(contenders), goal, accountedGoal(contenders, rows)],
    notes: [
      'Names are answered within 5 ms and files within 60, and one host in 5,000 is silent or mute, so that it ends ' +
        'within minutes.',
    ],
  };
}
