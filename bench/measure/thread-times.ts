import { readdirSync, readFileSync } from 'node:fs';

/** ms between two looks: what a thread takes after the last one is lost. */
const INTERVAL = 20;

/** The kernel counts in hundredths of a second, whatever its own clock (`USER_HZ`). */
const MS_IN_TICK = 10;

/** CPU time, in ms. */
export interface CpuTime {
  readonly user: number;
  /** In the kernel. */
  readonly system: number;
}

/** Looks at what each thread of a process takes, for as long as it runs. */
export class ThreadTimes implements Disposable {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  /** By number: threads of one name are several. */
  readonly #threads = new Map<string, CpuTime & { readonly name: string }>();

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), INTERVAL);
  }

  /** By name of the threads, those that took most first. */
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
 * @param path of a process, or a thread, below /proc
 * @returns undefined when it has ended
 */
export function cpuTimeOf(path: string): (CpuTime & { readonly name: string }) | undefined {
  try {
    // Its name is in parentheses, and may have any character: proc_pid_stat(5).
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
