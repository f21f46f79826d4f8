import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isListening } from '../../bench/servers/listening.ts';
import type { Place, Program } from './program.ts';

/** Longest life of a server, in s, whatever becomes of the script. */
const LIFETIME = 10 * 60;

/** So long a server may take until it listens, in ms; those that are compiled first take some. */
const LONGEST_START = 60_000;

/** Starts `program`, and waits until it listens. @throws Error with the last of what it said */
export async function start(program: Program, place: Place): Promise<AsyncDisposable> {
  for (const [name, text] of Object.entries(program.files?.(place) ?? {})) {
    await writeFile(join(place.scratch, name), text);
  }
  const log = join(place.scratch, 'output.txt');
  const output = openSync(log, 'w');
  // What timeout(1) is told it passes on to the whole group.
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
