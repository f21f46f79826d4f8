import { lookup } from 'node:dns';
import { isIP } from 'node:net';

/** Called once, later. */
export type SystemAnswer = (
  error: NodeJS.ErrnoException | undefined,
  addresses: readonly string[],
) => void;

/** The most concurrent look-ups, in processes of their own and in libuv's pool, which has four threads. */
const MOST_PROCESSES = 16;
const MOST_IN_POOL = 2;

/** The exit code of `getent` when a name does not exist (getent(1)). */
const NOT_FOUND = 2;

/** A name that `getent` cannot take for an option, and may know. */
const PLAIN = /^\w[\w.:%-]*$/;

/** Options of a {@link SystemLookup}. */
interface SystemLookupOptions {
  /** The program that resolves names; undefined for none. @default `getent` on Linux */
  readonly getent?: string | undefined;
  /** Resolves in this process. @default `dns.lookup()` */
  readonly inPool?: typeof lookup | undefined;
}

/**
 * Resolves by all means of the system (nsswitch.conf(5)), for names that DNS does not know. On
 * Linux `getent` does that in a process of its own: getaddrinfo(3) in this process cannot be
 * cancelled, occupies a thread of the pool, and keeps the process alive until it returns. On other
 * systems, and without `getent`, it is `dns.lookup()`, two at a time.
 */
export class SystemLookup implements Disposable {
  readonly #getent: string | undefined;
  readonly #inPool: typeof lookup;
  /** In order of arrival, those under way first. */
  readonly #lookups = new Set<Lookup>();
  #running = 0;

  constructor(options: SystemLookupOptions = {}) {
    const usual = process.platform === 'linux' ? 'getent' : undefined;
    this.#getent = 'getent' in options ? options.getent : usual;
    this.#inPool = options.inPool ?? lookup;
  }

  /** @returns the look-up; on disposal its process ends, and `answer` is not called */
  lookup(host: string, answer: SystemAnswer): Disposable {
    const one: Lookup = { host, answer, isRunning: false, end: undefined };
    this.#lookups.add(one);
    this.#startNext();
    return {
      [Symbol.dispose]: () => {
        this.#lookups.delete(one);
        one.end?.();
      },
    };
  }

  /** Ends all look-ups without an answer. */
  [Symbol.dispose](): void {
    const ends = [...this.#lookups].map(({ end }) => end);
    this.#lookups.clear();
    for (const end of ends) end?.();
  }

  #startNext(): void {
    const most = this.#getent === undefined ? MOST_IN_POOL : MOST_PROCESSES;
    for (const one of this.#lookups) {
      if (this.#running >= most) return;
      if (!one.isRunning) this.#start(one);
    }
  }

  #start(one: Lookup): void {
    one.isRunning = true;
    this.#running++;
    const done: SystemAnswer = (error, addresses) => {
      this.#running--;
      const isWaitedFor = this.#lookups.delete(one);
      this.#startNext();
      if (isWaitedFor) one.answer(error, addresses);
    };
    const { host } = one;
    if (this.#getent === undefined || !PLAIN.test(host)) this.#askPool(host, done);
    else one.end = this.#askGetent(this.#getent, one, done);
  }

  /** @returns ends the process */
  #askGetent(program: string, one: Lookup, done: SystemAnswer): () => void {
    const { host } = one;
    // Loaded here: most runs only need DNS, and start faster without it.
    const { spawn } = process.getBuiltinModule('node:child_process');
    const child = spawn(program, ['ahosts', host], { stdio: ['ignore', 'pipe', 'ignore'] });
    let isOver = false;
    const once = (act: () => void) => {
      if (!isOver) act();
      isOver = true;
    };
    let output = '';
    // Undefined when the system has no open file left for the pipe (EMFILE).
    child.stdout?.setEncoding('latin1').on('data', (text: string) => {
      output += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      once(() => {
        // With no files or processes left, getaddrinfo would report that the host does not exist.
        if (error.code !== 'ENOENT' || !this.#lookups.has(one)) done(error, []);
        else this.#askPool(host, done);
      }),
    );
    child.once('close', (code) =>
      once(() => {
        const addresses = output.split('\n').map((line) => line.split(/\s/, 1)[0] ?? '');
        const found = [...new Set(addresses)].filter((address) => isIP(address) !== 0);
        if (found.length > 0) done(undefined, found);
        else done(failure(code === NOT_FOUND ? 'ENOTFOUND' : 'EAI_AGAIN', host), []);
      }),
    );
    return () => child.kill('SIGKILL');
  }

  #askPool(host: string, done: SystemAnswer): void {
    this.#inPool(host, { all: true, verbatim: true }, (error, found) => {
      if (error !== null) done(error, []);
      else
        done(
          undefined,
          found.map(({ address }) => address),
        );
    });
  }
}

/** One look-up. */
interface Lookup {
  readonly host: string;
  readonly answer: SystemAnswer;
  isRunning: boolean;
  /** Ends its process. */
  end: (() => void) | undefined;
}

function failure(code: string, host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code, syscall: 'getaddrinfo' });
}
