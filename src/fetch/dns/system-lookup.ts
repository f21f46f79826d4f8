import { lookup } from 'node:dns';
import { isIP } from 'node:net';

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
const PLAIN = /^\w[\w.:%-]*$/;

/** What a {@link SystemLookup} goes by. */
interface SystemLookupOptions {
  /** The program that resolves in a process of its own; undefined for none. @default `getent` on Linux */
  readonly getent?: string | undefined;
  /** Resolves in this process, as `dns.lookup()`. */
  readonly inPool?: typeof lookup | undefined;
}

/**
 * Resolves by all means of the system (nsswitch.conf(5)), for what DNS does not know. On Linux `getent`
 * does that in a process of its own: getaddrinfo(3) in this one cannot be cancelled, holds a thread
 * of the pool, and keeps the process from ending for as long as a name is silent. Elsewhere, and where
 * there is no such program, it is `dns.lookup()`, two at a time.
 */
export class SystemLookup implements Disposable {
  readonly #getent: string | undefined;
  readonly #inPool: typeof lookup;
  /** In the order in which they were asked for; those under way in front. */
  readonly #lookups = new Set<Lookup>();
  #running = 0;

  constructor(options: SystemLookupOptions = {}) {
    const usual = process.platform === 'linux' ? 'getent' : undefined;
    this.#getent = 'getent' in options ? options.getent : usual;
    this.#inPool = options.inPool ?? lookup;
  }

  /** @returns the look-up; disposed of, `answer` is not called, and its process ends */
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

  /** Ends the look-ups under way; their callers are told nothing more. */
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

  /** @returns ends it */
  #askGetent(program: string, one: Lookup, done: SystemAnswer): () => void {
    const { host } = one;
    // Loaded here: most runs need DNS alone, and start sooner without.
    const { spawn } = process.getBuiltinModule('node:child_process');
    const child = spawn(program, ['ahosts', host], { stdio: ['ignore', 'pipe', 'ignore'] });
    let isOver = false;
    const once = (act: () => void) => {
      if (!isOver) act();
      isOver = true;
    };
    let output = '';
    // There is none when the system has no file left for the pipe (EMFILE).
    child.stdout?.setEncoding('latin1').on('data', (text: string) => {
      output += text;
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      once(() => {
        // Without files or processes left getaddrinfo would say that there is no such host.
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

/** One look-up, from when it is asked for. */
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
