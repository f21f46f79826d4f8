import type { RunSettings } from '../../download-options.ts';
import type { Row } from '../../model/item.ts';
import { safeLine } from '../../model/safe-text.ts';
import { withoutCredentials } from '../../model/without-credentials.ts';
import { type Rehearsed, rehearse } from '../../rehearsal.ts';
import { counted } from '../../report/amounts.ts';
import { EXIT } from '../command.ts';
import { watchForInterruption } from '../interruption.ts';
import type { GetOptions } from '../options/get-options.ts';
import { watchReader } from '../output/write-output.ts';

/**
 * Prints on stdout where the file of each row would go, or why it would fail, and on stderr the number
 * of rows of each host; with `quiet` only the rows that would fail, on stderr; with `silent` nothing. Sends no
 * request and writes no file. The exit code is that of a run in which all requests go well.
 *
 * A signal ends the process as usual, once the copy of the ledger is removed. So does a reader of stdout that goes
 * away, as in `| head`, but for the exit code.
 */
export async function dryRun(
  rows: AsyncIterable<Row>,
  settings: RunSettings,
  { quiet, silent }: Pick<GetOptions, 'quiet' | 'silent'>,
): Promise<void> {
  const isBrief = quiet === true || silent === true;
  const hosts = new Map<string, number>();
  const counts = { download: 0, copy: 0, skip: 0, fail: 0 };
  let all = 0;
  using interruption = watchForInterruption();
  using reader = watchReader();
  const ended = AbortSignal.any([interruption.aborted, reader.gone]);
  for await (const rehearsed of rehearse(untilAborted(rows, ended), settings)) {
    all++;
    counts[rehearsed.does]++;
    const { item } = rehearsed;
    const host = URL.parse(item.url)?.host ?? '(none)';
    hosts.set(host, (hosts.get(host) ?? 0) + 1);
    if (!isBrief) process.stdout.write(`${textOf(rehearsed)}\n`);
    else if (rehearsed.does === 'fail') process.stderr.write(`${textOf(rehearsed)}\n`);
  }
  if (reader.gone.aborted) return;
  if (interruption.signal !== undefined) {
    process.kill(process.pid, interruption.signal);
    return;
  }
  if (counts.fail > 0) process.exitCode = EXIT.someFailed;
  if (isBrief) return;
  const byRows = [...hosts].sort(([, a], [, b]) => b - a);
  for (const [host, count] of byRows) process.stderr.write(`${count}\t${safeLine(host)}\n`);
  const { skip, copy, fail } = counts;
  if (skip > 0) process.stderr.write(`${skip} to be skipped.\n`);
  if (copy > 0) process.stderr.write(`${copy} to be copied from an earlier run.\n`);
  if (fail > 0) process.stderr.write(`${fail} would fail.\n`);
  process.stderr.write(`${counted(all, 'file')} in all.\n`);
}

/** The path or the problem, the URL, and for a row that is not downloaded the reason. */
function textOf({ item, does, path, reason, problem }: Rehearsed): string {
  const url = safeLine(withoutCredentials(item.url));
  if (does === 'fail') return `*** ${safeLine(problem ?? '')}\t${url}`;
  if (does === 'skip') return `${safeLine(path ?? '-')}\t${url}\t${reason}`;
  const place = safeLine(path ?? '(depends on the response)');
  return does === 'copy' ? `${place}\t${url}\tcopied` : `${place}\t${url}`;
}

/** Rows until the signal aborts, also while the next one is awaited: from a terminal, or a pipe. */
async function* untilAborted(
  rows: AsyncIterable<Row>,
  signal: AbortSignal,
): AsyncGenerator<Row, void, undefined> {
  const iterator = rows[Symbol.asyncIterator]();
  let leave = (): void => {};
  const onAbort = (): void => leave();
  signal.addEventListener('abort', onAbort);
  let isDone = false;
  try {
    while (!signal.aborted) {
      const next = await new Promise<IteratorResult<Row> | undefined>((resolve, reject) => {
        leave = () => resolve(undefined);
        iterator.next().then(resolve, reject);
      });
      isDone = next?.done !== false;
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!isDone) await iterator.return?.();
  }
}
