// What waits and tasks cost here, and at another commit: in processes of their own, which take turns.
// Steady state: without a garbage collection between the rounds, which makes V8 compile some code anew.
//
//     node bench/concurrency/against.ts COMMIT
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROUNDS = 30;
const WARM_UP = 15;
const REPETITIONS = 3;

type Module = typeof import('../../src/concurrency/index.ts');
type Line = (module: Module, n: number) => Promise<unknown>;

const lines: Record<string, Line> = {
  'an item passed to and fro': async ({ Queue, gather }, n) => {
    const [there, back] = [new Queue<number>(), new Queue<number>()];
    await gather([
      async () => {
        for (let i = 0; i < n / 2; i++) {
          there.tryPut(i);
          await back.get();
        }
      },
      async () => {
        for (let i = 0; i < n / 2; i++) back.tryPut(await there.get());
      },
    ]);
  },
  'put and get through room for one': async ({ Queue, gather }, n) => {
    const queue = new Queue<number>({ maxSize: 1 });
    await gather([
      async () => {
        for (let i = 0; i < n; i++) await queue.put(i);
      },
      async () => {
        for (let i = 0; i < n; i++) await queue.get();
      },
    ]);
  },
  'get() of an item that is there': async ({ Queue, createTask }, n) => {
    const queue = new Queue<number>();
    for (let i = 0; i < n; i++) queue.tryPut(i);
    await createTask(async () => {
      for (let i = 0; i < n; i++) await queue.get();
    });
  },
  mapAsCompleted: async ({ mapAsCompleted }, n) => {
    const items = Array.from({ length: n }, (_, index) => index);
    for await (const _ of mapAsCompleted(items, async () => await null, { limit: 100 }));
  },
  'a task that ends': async ({ createTask, gather }, n) => {
    await gather(Array.from({ length: n }, () => createTask(async () => await null)));
  },
};

/** The floor under the lines above: await of a resolved promise, and of one of a subclass of Promise. */
const floors: Record<string, Line> = {
  'await Promise.resolve()': async (_, n) => {
    for (let i = 0; i < n; i++) await Promise.resolve(i);
  },
  'await of a subclass of Promise': async (_, n) => {
    for (let i = 0; i < n; i++) await new Plain<number>((resolve) => resolve(i));
  },
};

class Plain<T> extends Promise<T> {}
Object.defineProperty(Plain.prototype, 'constructor', { get: () => Promise });

/** ns of CPU time for one, in this process. */
async function measure(line: Line, module: Module): Promise<number[]> {
  const samples: number[] = [];
  const n = 10_000;
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const before = process.cpuUsage();
    await line(module, n);
    const { user, system } = process.cpuUsage(before);
    if (round >= WARM_UP) samples.push(((user + system) * 1_000) / n);
  }
  return samples;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function samplesOf(checkout: string, name: string): number[] {
  const args = [import.meta.filename, '--measure', checkout, name];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

function compareWith(commit: string): void {
  const here = join(import.meta.dirname, '..', '..');
  const folder = mkdtempSync(join(tmpdir(), 'flaghoist-against-'));
  try {
    const archive = execFileSync('git', ['archive', commit, 'src/concurrency'], { cwd: here });
    execFileSync('tar', ['x', '-C', folder], { input: archive });
    const table: Record<string, Record<string, string>> = {};
    for (const name of Object.keys({ ...lines, ...floors })) {
      const samples: [number[], number[]] = [[], []];
      for (let n = 0; n < REPETITIONS; n++) {
        samples[0].push(...samplesOf(folder, name));
        samples[1].push(...samplesOf(here, name));
      }
      const [before, now] = [median(samples[0]), median(samples[1])];
      const ratio = (now / before).toFixed(2);
      table[name] = { [commit]: before.toFixed(0), here: now.toFixed(0), ratio };
    }
    console.log('ns of CPU time for one');
    console.table(table);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [first = 'HEAD', checkout = '', name = ''] = process.argv.slice(2);
if (first === '--measure') {
  const module: Module = await import(join(checkout, 'src', 'concurrency', 'index.ts'));
  console.log(JSON.stringify(await measure({ ...lines, ...floors }[name] as Line, module)));
} else compareWith(first);
