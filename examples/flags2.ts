// Downloads flags with a limit, counts the outcomes, and draws a progress bar, or with -v prints a line for
// each flag. Start a server first: `npx flaghoist serve ERROR`.
//
//     node examples/flags2.ts [-v] [-m CONCURRENT] [-s SITE] [CC ...]
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  asCompleted,
  CancelledError,
  createTask,
  currentTask,
  type Future,
  run,
  Semaphore,
} from '../src/concurrency/index.ts';

type Status = 'ok' | 'not found' | 'error';

const POPULAR = 'CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    verbose: { type: 'boolean', short: 'v', default: false },
    'max-req': { type: 'string', short: 'm', default: '5' },
    site: { type: 'string', short: 's', default: 'http://localhost:8003/flags' },
  },
});

/** The failure of one flag. */
class DownloadError extends Error {
  readonly code: string;

  constructor(code: string, cause: unknown) {
    super((cause as Error).message || (cause as Error).name, { cause });
    this.code = code;
  }
}

/** Downloads one flag, once there is a permit. @throws DownloadError */
async function downloadOne(code: string, permits: Semaphore): Promise<Status> {
  const cc = code.toLowerCase();
  try {
    using _permit = await permits.acquire();
    const url = `${values.site}/${cc}/${cc}.gif`;
    const response = await fetch(url, { signal: currentTask()?.signal ?? null });
    const body = await response.bytes();
    if (response.status === 404) return 'not found';
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    await writeFile(`downloads/${cc}.gif`, body);
    return 'ok';
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    throw new DownloadError(code, error);
  }
}

/** Passes `futures` on, and draws how many of them have been processed. */
function* withProgress<T>(futures: Iterable<T>, total: number): Generator<T> {
  let done = 0;
  for (const future of futures) {
    yield future;
    done++;
    const bar = '#'.repeat(Math.round((20 * done) / total)).padEnd(20, '.');
    process.stderr.write(`\r${bar} ${done}/${total}${done === total ? '\n' : ''}`);
  }
}

async function downloadMany(codes: readonly string[]): Promise<Record<Status, number>> {
  await mkdir('downloads', { recursive: true });
  const permits = new Semaphore(Number(values['max-req']));
  const tasks = codes.map((code) =>
    createTask(async () => {
      const status = await downloadOne(code, permits);
      if (values.verbose) console.log(code, status === 'ok' ? 'OK' : status);
      return status;
    }),
  );
  const counts: Record<Status, number> = { ok: 0, 'not found': 0, error: 0 };
  let futures: Iterable<Future<Status>> = asCompleted(tasks);
  if (!values.verbose) futures = withProgress(futures, tasks.length);
  for (const future of futures) {
    try {
      counts[await future]++;
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      counts.error++;
      if (values.verbose) console.log(`*** Error for ${error.code}: ${error.message}`);
    }
  }
  return counts;
}

const startedAt = performance.now();
const codes = positionals.length > 0 ? positionals : POPULAR.split(' ');
const counts = await run(() => downloadMany(codes.toSorted()));
console.log('-'.repeat(20));
console.log(`${counts.ok} ${counts.ok === 1 ? 'flag' : 'flags'} downloaded.`);
if (counts['not found'] > 0) console.log(`${counts['not found']} not found.`);
if (counts.error > 0) console.log(`${counts.error} ${counts.error === 1 ? 'error' : 'errors'}.`);
console.log(`Elapsed time: ${((performance.now() - startedAt) / 1000).toFixed(2)}s`);
