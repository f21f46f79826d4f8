import type { Row } from '../../model/item.ts';
import { StreamSink } from '../../save/sinks/stream-sink.ts';
import type { GetOptions } from '../options/get-options.ts';
import { UsageError } from '../options/values.ts';

/** A run of `-o -`: the one file goes to stdout as it comes, and everything else to stderr. */
interface ToStdout {
  readonly rows: AsyncIterable<Row>;
  readonly sink: StreamSink;
  /** Whether no progress is shown: a terminal that shows the file has no room for it. */
  readonly quiet: true | undefined;
}

/** @throws UsageError when there is more than one URL, or something else is written to stdout */
export async function toStdout(
  rows: AsyncIterable<Row>,
  { json, verbose, quiet }: Pick<GetOptions, 'json' | 'verbose' | 'quiet'>,
): Promise<ToStdout> {
  if (json || verbose) {
    const other = json ? '--json' : '--verbose';
    throw new UsageError(
      `-o - writes the file to stdout, and ${other} writes there, too: leave one of them out`,
    );
  }
  const only = await onlyRow(rows);
  const sink = new StreamSink(process.stdout);
  return { rows: only, sink, quiet: quiet || process.stdout.isTTY ? true : undefined };
}

async function onlyRow(rows: AsyncIterable<Row>): Promise<AsyncGenerator<Row, void, undefined>> {
  const all: Row[] = [];
  for await (const row of rows) {
    if (all.push(row) === 1) continue;
    throw new UsageError(
      '-o - writes one URL to stdout, and there are several; -o TEMPLATE gives each a file, such as -o {name}',
    );
  }
  return (async function* () {
    yield* all;
  })();
}
