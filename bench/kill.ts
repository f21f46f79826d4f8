// The long kill test: 5,000 rows, killed (SIGKILL) at 100 random moments.
//
//   npx node bench/kill.ts [SEED] [ROWS] [KILLS]
//
// The same seed gives the same bodies and the same moments. The state of the run at those moments varies.
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAndRestart } from '../test/kill/kill-run.ts';

const [seed = randomInt(2 ** 31), rows = 5_000, kills = 100] = process.argv.slice(2).map(Number);
const directory = await mkdtemp(join(tmpdir(), 'flaghoist-kill-'));
const say = (line: string) => process.stdout.write(`${line}\n`);
say(`seed ${seed}`);
const begun = performance.now();
try {
  const { done, ...figures } = await killAndRestart({ rows, kills, seed, directory, say });
  say(JSON.stringify(figures));
  say(`all well, in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
} finally {
  await rm(directory, { recursive: true, force: true });
}
