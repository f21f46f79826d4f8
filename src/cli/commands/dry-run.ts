import type { RunSettings } from '../../download-options.ts';
import type { Row } from '../../model/item.ts';
import { safeLine } from '../../model/safe-text.ts';
import { withoutCredentials } from '../../model/without-credentials.ts';
import { type Rehearsed, rehearse } from '../../rehearsal.ts';
import { counted } from '../../report/amounts.ts';
import { EXIT } from '../command.ts';
import type { GetOptions } from '../options/get-options.ts';

/**
 * Prints on stdout where the file of each row would go, or why it would fail, and on stderr the number
 * of rows of each host; with `quiet` only the rows that would fail, on stderr; with `silent` nothing. Sends no
 * request and writes no file. The exit code is that of a run in which all requests go well.
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
  for await (const rehearsed of rehearse(rows, settings)) {
    all++;
    counts[rehearsed.does]++;
    const { item } = rehearsed;
    const host = URL.parse(item.url)?.host ?? '(none)';
    hosts.set(host, (hosts.get(host) ?? 0) + 1);
    if (!isBrief) process.stdout.write(`${textOf(rehearsed)}\n`);
    else if (rehearsed.does === 'fail') process.stderr.write(`${textOf(rehearsed)}\n`);
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
