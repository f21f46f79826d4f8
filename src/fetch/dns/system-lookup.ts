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
const PLAIN = /^[\w][\w.:%-]*$/;

/** Starts a look-up. `answer` is called once, also after what it returns was disposed of: that ends it sooner. */
type Start = (host: string, answer: SystemAnswer) => Disposable;

/**
 * Resolves by all means of the system (nsswitch.conf(5)), for what DNS does not know. On Linux `getent`
 * does that in a process of its own: getaddrinfo(3) in this one cannot be cancelled, holds a thread
 * that the file system needs, and keeps the process from ending for as long as a name is silent.
 * Elsewhere it is `dns.lookup()`, two at a time.
 */
export class SystemLookup implements Disposable {
  /** First those that run, then those that wait, in their order. */
  readonly #lookups = new Set<Lookup>();
  readonly #start: Start;
  readonly #most: number;
  #running = 0;

  constructor(usesGetent = process.platform === 'linux') {
    this.#start = usesGetent ? askGetent : askPool;
    this.#most = usesGetent ? MOST_PROCESSES : MOST_IN_POOL;
  }

  /** @returns the look-up; disposed of, it has no answer, and what runs for it ends */
  lookup(host: string, answer: SystemAnswer): Disposable {
    const each: Lookup = { host, answer, running: undefined };
    this.#lookups.add(each);
    this.#fill();
    return {
      [Symbol.dispose]: () => {
        if (!this.#lookups.delete(each)) return;
        each.running?.[Symbol.dispose]();
      },
    };
  }

  /** Ends all look-ups. */
  [Symbol.dispose](): void {
    for (const { running } of this.#lookups) running?.[Symbol.dispose]();
    this.#lookups.clear();
  }

  #fill(): void {
    if (this.#running >= this.#most) return;
    for (const each of this.#lookups) {
      if (each.running !== undefined) continue;
      this.#running++;
      each.running = this.#start(each.host, (error, addresses) => {
        this.#running--;
        if (this.#lookups.delete(each)) each.answer(error, addresses);
        this.#fill();
      });
      if (this.#running >= this.#most) return;
    }
  }
}

interface Lookup {
  readonly host: string;
  readonly answer: SystemAnswer;
  /** Undefined while it waits. */
  running: Disposable | undefined;
}

const UNSTOPPABLE: Disposable = { [Symbol.dispose]() {} };

const askGetent: Start = (host, answer) => {
  if (!PLAIN.test(host)) return askPool(host, answer);
  // Loaded here: most runs need DNS alone, and start sooner without.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn('getent', ['ahosts', host], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    output += text;
  });
  let hasStarted = true;
  child.once('error', () => {
    // There is no such program: a smaller system than most.
    hasStarted = false;
    askPool(host, answer);
  });
  child.once('close', (code) => {
    if (!hasStarted) return;
    const addresses = output.split('\n').map((line) => line.split(/\s/, 1)[0] ?? '');
    const found = [...new Set(addresses)].filter((address) => isIP(address) !== 0);
    if (found.length > 0) answer(undefined, found);
    else answer(failure(code === NOT_FOUND ? 'ENOTFOUND' : 'EAI_AGAIN', host), []);
  });
  return { [Symbol.dispose]: () => void child.kill('SIGKILL') };
};

/** Its answer comes also when it was disposed of: the thread is free only then. */
const askPool: Start = (host, answer) => {
  lookup(host, { all: true, verbatim: true }, (error, found) => {
    if (error !== null) answer(error, []);
    else {
      answer(
        undefined,
        found.map(({ address }) => address),
      );
    }
  });
  return UNSTOPPABLE;
};

function failure(code: string, host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code, syscall: 'getaddrinfo' });
}
