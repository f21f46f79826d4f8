import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until a program that was started listens on a port of the loopback address.
 * @param longest wait, in ms
 * @returns false when it has ended before, or does not listen by then
 */
export async function isListening(
  child: ChildProcess,
  port: number,
  longest: number,
): Promise<boolean> {
  const until = performance.now() + longest;
  while (performance.now() < until && child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
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
