import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server to start. It has to stay in the foreground, and to end on SIGTERM. */
export interface ServerProgram {
  readonly command: readonly string[];
  readonly options: SpawnOptions;
  /** Its longest life, in s. It also ends with the program that started it, even a killed one. */
  readonly lifetime: number;
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly address?: string | undefined;
  /** How long it may take to start, in ms. */
  readonly longestStart: number;
}

/**
 * Starts a server and waits until it listens. Disposing it stops it.
 * @returns undefined if it ends first, or does not listen in time; it has then been stopped
 */
export async function runServer(program: ServerProgram): Promise<AsyncDisposable | undefined> {
  const { command, options, lifetime } = program;
  // setpriv(1) has the kernel stop the server when this process ends without disposing it: by Ctrl-C, by
  // kill -9. timeout(1) passes signals on to the whole group, so that the server's workers end, too.
  const within = ['--pdeathsig', 'TERM', 'timeout', String(lifetime)];
  const child = spawn('setpriv', [...within, ...command], options);
  const ended = once(child, 'exit');
  const running = {
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
  if (await isListening(child, program)) return running;
  await running[Symbol.asyncDispose]();
  return undefined;
}

async function isListening(
  child: ChildProcess,
  { port, address = '127.0.0.1', longestStart }: ServerProgram,
): Promise<boolean> {
  const until = performance.now() + longestStart;
  while (performance.now() < until && child.exitCode === null) {
    const socket = connect(port, address);
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
  return false;
}
