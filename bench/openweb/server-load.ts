import { readFileSync } from 'node:fs';
import { cpuTimeOf } from '../measure/thread-times.ts';

/** ms between two looks: long enough that the kernel's hundredths of a second do not show. */
const INTERVAL = 500;

/** Of one core, the most over half a second: one near 1 would be what is measured in place of the clients. */
export interface Load {
  /** nginx's worker. */
  readonly nginx: number;
  /** This process, which answers for the names. */
  readonly names: number;
}

/** How busy the servers of a web are while they are used. */
export class ServerLoad {
  readonly #worker: number | undefined;
  #most: Load = { nginx: 0, names: 0 };

  /** @param master process of nginx, with one worker */
  constructor(master: number) {
    this.#worker = childOf(master);
  }

  get most(): Load {
    return this.#most;
  }

  /** Looks while `use` goes on, and returns or throws what it does. */
  async during<T>(use: () => Promise<T>): Promise<T> {
    let last = this.#look();
    const timer = setInterval(() => {
      const now = this.#look();
      const share = (kind: keyof Load) => (now[kind] - last[kind]) / (now.at - last.at);
      this.#most = {
        nginx: Math.max(this.#most.nginx, share('nginx')),
        names: Math.max(this.#most.names, share('names')),
      };
      last = now;
    }, INTERVAL);
    try {
      return await use();
    } finally {
      clearInterval(timer);
    }
  }

  /** ms since some start, and of CPU until now. */
  #look(): Load & { readonly at: number } {
    const worker = this.#worker === undefined ? undefined : cpuTimeOf(`${this.#worker}`);
    const own = process.cpuUsage();
    return {
      at: performance.now(),
      nginx: worker === undefined ? 0 : worker.user + worker.system,
      names: (own.user + own.system) / 1000,
    };
  }
}

/** Undefined when the process has no child, or has ended. */
function childOf(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return first === undefined || first === '' ? undefined : Number(first);
  } catch {
    return undefined;
  }
}
