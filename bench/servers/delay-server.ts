import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FlagServerStats } from '../../src/server/request-stats.ts';
import { withoutProxies } from '../measure/without-proxies.ts';

const PROGRAM = fileURLToPath(new URL('delay-process.ts', import.meta.url));

/** A message from the server's process: its port, or its stats on request. */
export type DelayMessage = { readonly port: number } | { readonly stats: FlagServerStats };

/** The project's DELAY server in a process of its own. */
export interface DelayServer extends AsyncDisposable {
  /** Base of the flags' URLs. */
  readonly url: string;
  stats(): Promise<FlagServerStats>;
}

/** @param delay of every response, in ms */
export async function startDelayServer(delay: number): Promise<DelayServer> {
  const child = fork(PROGRAM, [String(delay)], { env: withoutProxies(process.env) });
  const { port } = await reply<{ port: number }>(child);
  return {
    url: `http://127.0.0.1:${port}/flags`,
    async stats() {
      child.send('stats');
      return (await reply<{ stats: FlagServerStats }>(child)).stats;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** The next message. @throws Error if the process ends instead */
async function reply<T extends DelayMessage>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const end = () => ended.abort(new Error('the delay server has ended'));
  child.once('exit', end);
  try {
    const [message] = await once(child, 'message', { signal: ended.signal });
    return message as T;
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    child.off('exit', end);
  }
}
