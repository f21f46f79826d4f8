import { join } from 'node:path';
import { FedList } from '../measure/fed-list.ts';
import { MemoryWatch, samplesBetween } from '../measure/memory-watch.ts';
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
import { withValue } from '../results/goals.ts';
import type { Findings } from '../results/result.ts';
import { median } from '../results/statistics.ts';
import type { BenchCase, CaseContext } from './case.ts';

/** Whole seconds: twice what 300 files a second take. */
const LIMIT_SECONDS = 2_000;
/** Bytes of a flag in memory-backed storage, its inode and its name, and of its record. */
const ROOM_FOR_FILE = 8_000;

/** Median of what is resident while a tenth of the list is handed over, in bytes. */
interface Resident {
  readonly early: number | undefined;
  readonly late: number | undefined;
}

/** More hosts than can be remembered: what is known of each must be little, or be forgotten. */
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
  const found: Resident[] = [];

  const run = async () => {
    const list = new FedList(urlBlocks(urls));
    using memory = new MemoryWatch(() => list.rows);
    const onStart = (pid: number) => memory.start(pid);
    const options = { limitSeconds: LIMIT_SECONDS, signal, stdin: list.stdin, onStart };
    const { load } = web;
    const ended = await webRun({ command, directory: files, expected, rows, options, load });
    const between = (from: number, to: number) =>
      median(samplesBetween(memory.samples, from * rows, to * rows));
    found.push({ early: between(0.1, 0.2), late: between(0.9, 1) });
    return ended;
  };
  const contenders = await race([{ name: flaghoist.name, run }], { rounds, say });
  const middle = (key: keyof Resident) =>
    median(found.map((one) => one[key]).filter((bytes) => bytes !== undefined));
  const [early, late] = [middle('early'), middle('late')];
  return {
    contenders,
    figures: [
      ...(early === undefined
        ? []
        : [{ name: 'Resident in the second tenth', value: early, unit: 'bytes' } as const]),
      ...(late === undefined
        ? []
        : [{ name: 'Resident in the last tenth', value: late, unit: 'bytes' } as const]),
      ...loadFigures(web.load.most),
    ],
    goals: [
      peakGoal(contenders),
      withValue(
        {
          name: 'Resident in the last tenth, to the second',
          ...{ unit: 'times', sense: 'at most', bound: 1.1 },
        },
        early && late && late / early,
      ),
      accountedGoal(contenders, rows),
    ],
    notes: [
      'Names are answered within 5 ms and files within 60, and one host in 5,000 is silent or mute, so that it ends ' +
        'within minutes.',
    ],
  };
}
