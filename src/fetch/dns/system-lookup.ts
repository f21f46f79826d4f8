import { type ChildProcess, spawn } from 'node:child_process';
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { Fifo } from '../../concurrency/fifo.ts';

/** Called once, later. */
export type SystemAnswer = (
  error: NodeJS.ErrnoException | undefined,
  addresses: readonly string[],
) => void;

/** Look-ups at a time in processes of their own, and by libuv's pool, which has four threads for all. */
const MOST_PROCESSES = 16;
const MOST_IN_POOL = 2;

/** `getent` ends with it when there is no such name (getent(1)). */
const NOT_FOUND = 2;

/** A name that could be taken for an option, or is not one that the system knows, is not handed on. */
const PLAIN = /^[\w][\w.:%-]*$/;

/**
 * Resolves by all means of the system (nsswitch.conf(5)), for what DNS does not know. On Linux `getent`
 * does that in a process of its own: getaddrinfo(3) in this one cannot be cancelled, holds a thread
 * that the file system needs, and keeps the process from ending for as long as a name is silent.
 * Elsewhere it is `dns.lookup()`, two at a time.
 */
export class SystemLookup implements Disposable {
  readonly #waiting = new Fifo<() => void>();
  readonly #processes = new Set<ChildProcess>();
  readonly #usesGetent: boolean;
  #running = 0;
  #isDisposed = false;

  constructor(usesGetent = process.platform === 'linux') {
    this.#usesGetent = usesGetent;
  }

  lookup(host: string, answer: SystemAnswer): void {
    const most = this.#usesGetent ? MOST_PROCESSES : MOST_IN_POOL;
    const start = () => {
      this.#running++;
      const done: SystemAnswer = (error, addresses) => {
        this.#running--;
        if (this.#waiting.size > 0) this.#waiting.take()();
        if (!this.#isDisposed) answer(error, addresses);
      };
      if (this.#usesGetent && PLAIN.test(host)) this.#askGetent(host, done);
      else askPool(host, done);
    };
    if (this.#running < most) start();
    else this.#waiting.put(start);
  }

  /** Ends the look-ups under way; their callers are told nothing more. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#waiting.clear();
    for (const child of this.#processes) child.kill('SIGKILL');
  }

  #askGetent(host: string, done: SystemAnswer): void {
    const child = spawn('getent', ['ahosts', host], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#processes.add(child);
    let output = '';
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      output += text;
    });
    child.once('error', () => {
      this.#processes.delete(child);
      // There is no such program: a smaller system than most.
      askPool(host, done);
    });
    child.once('close', (code) => {
      if (!this.#processes.delete(child)) return;
      const addresses = output.split('\n').map((line) => line.split(/\s/, 1)[0] ?? '');
      const found = [...new Set(addresses)].filter((address) => isIP(address) !== 0);
      if (found.length > 0) done(undefined, found);
      else done(failure(code === NOT_FOUND ? 'ENOTFOUND' : 'EAI_AGAIN', host), []);
    });
  }
}

function askPool(host: string, done: SystemAnswer): void {
  lookup(host, { all: true, verbatim: true }, (error, found) => {
    if (error !== null) done(error, []);
    else
      done(
        undefined,
        found.map(({ address }) => address),
      );
  });
}

function failure(code: string, host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code });
}
