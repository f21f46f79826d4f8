// Slow: starts processes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { bodyOf, FILES } from './kill-bodies.ts';

const KILLS = 5;

/** Runs the process, and kills it after `killAfter` ms. @returns its output */
async function run(directory: string, killAfter?: number): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kill-child.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  const ended = once(child, 'exit');
  if (killAfter !== undefined) {
    await Promise.race([once(child.stdout, 'data'), ended]);
    await setTimeout(killAfter);
    child.kill('SIGKILL');
  }
  const [code] = await ended;
  if (killAfter === undefined) assert.equal(code, 0);
  return await said;
}

test('DirectorySink: a file under its final name is complete, whenever the run is killed', async (t) => {
  const directory = await temporaryDirectory(t);
  let continued = 0;
  for (let kills = 0; kills <= KILLS; kills++) {
    const said = await run(directory, kills < KILLS ? randomInt(60) : undefined);
    continued += said.split('part ').length - 1;
    for (const name of await readdir(directory)) {
      if (name === '.flaghoist') continue;
      const isWhole = (await readFile(join(directory, name))).equals(bodyOf(Number(name)));
      assert.ok(isWhole, `${name} after ${kills} kills`);
    }
  }
  assert.equal((await readdir(directory)).length, FILES + 1);
  assert.deepEqual(await readdir(join(directory, '.flaghoist', 'parts')), []);
  t.diagnostic(`continued ${continued} parts`);
});
