import { join } from 'node:path';
import { downloadRun, toRun } from '../measure/download-run.ts';
import { type Command, measure } from '../measure/measure.ts';
import { race } from '../measure/race.ts';
import { timeLimit } from '../measure/time-limit.ts';
import { flaghoistCommand } from '../peers/flaghoist.ts';
import { atMostTimes, withValue } from '../results/goals.ts';
import { medianOf } from '../results/statistics.ts';
import { flagPath, totalSize } from '../servers/flag-files.ts';
import { startNginx } from '../servers/nginx.ts';
import type { BenchCase } from './case.ts';

const NODE: Command = { file: process.execPath, args: ['-e', '0'] };
const NOTHING = { files: 0, bytes: 0 };

/** How long a user waits before anything happens. */
export const startUp: BenchCase = {
  name: 'start-up',
  title: 'starting, and getting one small file',
  rows: 1,
  quickRows: 1,
  rounds: 20,
  async run({ rounds, directory, signal, say }) {
    await using nginx = await startNginx(join(directory, 'server'));
    const files = join(directory, 'files');
    const options = { limitSeconds: timeLimit(1), signal };
    const only = async (command: Command) =>
      toRun(await measure(command, options), NOTHING, NOTHING);
    const get = flaghoistCommand('get', '-q', '-d', files, `${nginx.http}${flagPath(0)}`);
    const expected = { files: 1, bytes: totalSize(1) };
    const contenders = await race(
      [
        { name: 'node -e 0', run: () => only(NODE) },
        { name: 'flaghoist --version', run: () => only(flaghoistCommand('--version')) },
        {
          name: 'flaghoist get',
          run: () => downloadRun({ command: get, directory: files, expected, options }),
        },
      ],
      { rounds, say },
    );
    const version = medianOf(contenders, 'flaghoist --version', 'wallSeconds');
    const whole = medianOf(contenders, 'flaghoist get', 'wallSeconds');
    return {
      contenders,
      goals: [
        atMostTimes(contenders, 'flaghoist --version', 'node -e 0', 'wallSeconds', 1.3),
        withValue(
          { name: 'get, above --version', unit: 'seconds', sense: 'at most', bound: 0.06 },
          version && whole && whole - version,
        ),
      ],
      notes: [
        'This is the package as it was built. Both were run before, so that Node has kept what it compiled.',
      ],
    };
  },
};
