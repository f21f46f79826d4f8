import { readFileSync } from 'node:fs';
import { cpuTimeOf } from '../measure/thread-times.ts';

/** Time between two samples, in ms: long against the kernel's resolution of 10 ms. */
const INTERVAL = 500;

/**
 * The highest shares of a core over half a second. A share near 1 means that a server was the bottleneck.
 */
export interface Load {
  /** nginx's worker. */
  readonly nginx: number;
  /** This process, which contains the name server. */
  readonly names: number;
}

/** Measures how busy the servers of a web are. */
export class ServerLoad {
  readonly #worker: number | undefined;
  #most: Load = { nginx: 0, names: 0 };

  /** @param master id of nginx's master process, which has one worker */
  constructor(master: number) {
    this.#worker = childOf(master);
  }

  get most(): Load {
    return this.#most;
  }

  /** Runs `use` and samples the servers meanwhile. Returns or throws what `use` does. */
  async during<T>(use: () => Promise<T>): Promise<T> {
    let last = this.#sample();
    const timer = setInterval(() => {
      const now = this.#sample();
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

  /** The current time, and the CPU time of both servers so far, in ms. */
  #sample(): Load & { readonly at: number } {
    const worker = this.#worker === undefined ? undefined : cpuTimeOf(`${this.#worker}`);
    const own = process.cpuUsage();
    return {
      at: performance.now(),
      nginx: worker === undefined ? 0 : worker.user + worker.system,
      names: (own.user + own.system) / 1000,
    };
  }
}

/** Undefined if the process has no child, or has ended. */
function childOf(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return first === undefined || first === '' ? undefined : Number(first);
  } catch {
    return undefined;
  }
}
