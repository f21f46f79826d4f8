import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isListening } from '../../bench/servers/listening.ts';
import type { Place, Program } from './program.ts';

/** Longest life of a server, in s, even if the script is killed. */
const LIFETIME = 10 * 60;

/** How long a server may take to start, in ms. Some are compiled first. */
const LONGEST_START = 60_000;

/** Starts `program` and waits until it listens. @throws Error with the end of its output if it does not */
export async function start(program: Program, place: Place): Promise<AsyncDisposable> {
  for (const [name, text] of Object.entries(program.files?.(place) ?? {})) {
    await writeFile(join(place.scratch, name), text);
  }
  const log = join(place.scratch, 'output.txt');
  const output = openSync(log, 'w');
  // timeout(1) passes signals on to the whole group.
  const child = spawn('timeout', [String(LIFETIME), ...program.command(place)], {
    cwd: place.scratch,
    env: { ...process.env, ...program.environment?.(place) },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const ended = once(child, 'exit');
  const running = {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
  if (await isListening(child, { port: place.port, longest: LONGEST_START })) return running;
  await running[Symbol.asyncDispose]();
  const said = (await readFile(log, 'utf8')).trim().split('\n').slice(-5).join('\n');
  throw new Error(`${program.name} does not listen: ${said}`);
}
