import { readdirSync, readFileSync } from 'node:fs';

/** Time between two samples, in ms. The CPU time of a thread after its last sample is lost. */
const INTERVAL = 20;

/** The kernel reports CPU time in hundredths of a second (`USER_HZ`). */
const MS_IN_TICK = 10;

/** CPU time, in ms. */
export interface CpuTime {
  readonly user: number;
  /** In the kernel. */
  readonly system: number;
}

/** Samples the CPU time of each thread of a process for as long as it runs. */
export class ThreadTimes implements Disposable {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  /** By id, as several threads may have the same name. */
  readonly #threads = new Map<string, CpuTime & { readonly name: string }>();

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), INTERVAL);
  }

  /** CPU time by the name of the threads, the largest first. */
  get byName(): Map<string, CpuTime> {
    const sums = new Map<string, CpuTime>();
    for (const { name, user, system } of this.#threads.values()) {
      const sum = sums.get(name) ?? { user: 0, system: 0 };
      sums.set(name, { user: sum.user + user, system: sum.system + system });
    }
    return new Map([...sums].sort(([, a], [, b]) => b.user + b.system - a.user - a.system));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const thread of threadsOf(this.#pid)) {
      const found = cpuTimeOf(`${this.#pid}/task/${thread}`);
      if (found !== undefined) this.#threads.set(thread, found);
    }
  }
}

/**
 * The CPU time and the name of a process or thread.
 * @param path its path below /proc
 * @returns undefined if it has ended
 */
export function cpuTimeOf(path: string): (CpuTime & { readonly name: string }) | undefined {
  try {
    // The name is in parentheses and may contain any character: proc_pid_stat(5).
    const [, name, fields] = /^\d+ \((.*)\) (.*)/s.exec(read(path)) ?? [];
    const [user, system] = (fields ?? '').split(' ').slice(11, 13);
    if (name === undefined) return undefined;
    return { name, user: Number(user) * MS_IN_TICK, system: Number(system) * MS_IN_TICK };
  } catch {
    return undefined;
  }
}

function read(path: string): string {
  return readFileSync(`/proc/${path}/stat`, 'utf8');
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
