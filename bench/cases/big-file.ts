import { mkdtemp, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadRun } from '../measure/download-run.ts';
import { type Entrant, race } from '../measure/race.ts';
import { requireRoom } from '../measure/require-room.ts';
import { curl } from '../peers/curl.ts';
import { flaghoist } from '../peers/flaghoist.ts';
import type { Peer } from '../peers/peer.ts';
import { withValue } from '../results/goals.ts';
import { medianOf, ratioOf } from '../results/statistics.ts';
import { startNginx } from '../servers/nginx.ts';
import type { BenchCase } from './case.ts';

const BYTES = 4 * 1024 ** 3;
const QUICK_BYTES = 256 * 1024 ** 2;
/** A file smaller by this factor shows whether memory grows with the size. */
const FRACTION = 16;
const LIMIT_SECONDS = 300;

/** Connections of the run with several. */
const SEGMENTS = 4;

/** One long body: how fast it is stored, and that it is not kept in memory. */
export const bigFile: BenchCase = {
  name: 'big-file',
  title: 'one file of 4 GiB over HTTP/1.1',
  rows: 1,
  quickRows: 1,
  async run({ rounds, isQuick, directory, signal, say }) {
    const bytes = isQuick ? QUICK_BYTES : BYTES;
    await requireRoom(directory, bytes * 1.1);
    await using nginx = await startNginx(join(directory, 'server'));

    const entrant = async (name: string, peer: Peer, size: number): Promise<Entrant> => {
      const files = join(directory, 'files');
      const scratch = await mkdtemp(join(directory, 'scratch-'));
      await makeSparseFile(join(nginx.files, `${size}.bin`), size);
      const url = `${nginx.http}/files/${size}.bin`;
      const list = join(scratch, 'urls.txt');
      await writeFile(list, `${url}\n`);
      const job = { urls: [url], list, directory: files, scratch, maxRequests: 1 };
      const command = await peer.command(job);
      const options = { limitSeconds: LIMIT_SECONDS, signal };
      const expected = { files: 1, bytes: size };
      return { name, run: () => downloadRun({ command, directory: files, expected, options }) };
    };
    const small = `flaghoist, 1/${FRACTION} of it`;
    const contenders = await race(
      [
        await entrant(flaghoist.name, flaghoist, bytes),
        await entrant(curl.name, curl, bytes),
        await entrant(`flaghoist --segments ${SEGMENTS}`, inSegments, bytes),
        await entrant(small, flaghoist, bytes / FRACTION),
      ],
      { rounds, say },
    );
    const wall = medianOf(contenders, flaghoist.name, 'wallSeconds');
    // Both have the same bytes, so the ratio of speeds is the inverse ratio of times.
    const speed = ratioOf(contenders, curl.name, flaghoist.name, 'wallSeconds');
    const memory = ratioOf(contenders, flaghoist.name, small, 'peakBytes');
    return {
      contenders,
      figures:
        wall === undefined
          ? []
          : [{ name: 'flaghoist, in a second', value: bytes / wall, unit: 'bytes' }],
      goals: [
        withValue(
          { name: 'Speed, flaghoist to curl', unit: 'times', sense: 'at least', bound: 0.9 },
          speed,
        ),
        withValue(
          {
            name: `Peak memory, to that of 1/${FRACTION}`,
            unit: 'times',
            sense: 'at most',
            bound: 1.1,
          },
          memory,
        ),
      ],
    };
  },
};

/** flaghoist over several connections. */
const inSegments: Peer = {
  ...flaghoist,
  command: async (job) => {
    const { file, args } = await flaghoist.command(job);
    return { file, args: [...args, '--segments', String(SEGMENTS)] };
  },
};

/** A sparse file of zeros, which takes no space. */
async function makeSparseFile(path: string, bytes: number): Promise<void> {
  await using file = await open(path, 'w');
  await file.truncate(bytes);
}
