import { closeSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runServer } from '../../bench/servers/run-server.ts';
import type { Place, Program } from './program.ts';

/** In s. */
const LIFETIME = 10 * 60;

/** In ms. Some servers are compiled first. */
const LONGEST_START = 60_000;

/** Starts `program` and waits until it listens. @throws Error with the end of its output if it does not */
export async function start(program: Program, place: Place): Promise<AsyncDisposable> {
  for (const [name, text] of Object.entries(program.files?.(place) ?? {})) {
    await writeFile(join(place.scratch, name), text);
  }
  const log = join(place.scratch, 'output.txt');
  const output = openSync(log, 'w');
  const server = await runServer({
    command: program.command(place),
    options: {
      cwd: place.scratch,
      env: { ...process.env, ...program.environment?.(place) },
      stdio: ['ignore', output, output],
    },
    ...{ lifetime: LIFETIME, port: place.port, longestStart: LONGEST_START },
  });
  closeSync(output);
  if (server !== undefined) return server;
  const said = (await readFile(log, 'utf8')).trim().split('\n').slice(-5).join('\n');
  throw new Error(`${program.name} does not listen: ${said}`);
}
