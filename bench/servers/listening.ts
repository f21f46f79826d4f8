import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ExpectedListener {
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly address?: string | undefined;
  /** The longest wait, in ms. */
  readonly longest: number;
}

/**
 * Waits until `child` listens on a port.
 * @returns false if it ends first, or does not listen in time
 */
export async function isListening(
  child: ChildProcess,
  { port, address = '127.0.0.1', longest }: ExpectedListener,
): Promise<boolean> {
  const until = performance.now() + longest;
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
