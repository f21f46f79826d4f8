import type { LedgerReader } from '../../ledger/read/ledger-reader.ts';
import type { Condition } from '../../ledger/read/where.ts';
import { IS_DONE } from '../../ledger/schema.ts';
import type { Run } from '../../ledger/write/runs.ts';
import { isDone, type Status } from '../../model/outcome.ts';
import { formatCount } from '../../report/amounts.ts';
import { fillPage } from '../../report/page/fill-page.ts';
import type { RowColumns, RunState, Series } from '../../report/page/page-data.ts';
import { type LookedAt, picturesOf } from '../../report/page/pictures.ts';
import { reportJson } from '../../report/page/report-json.ts';
import { elapsedOf, type LedgerFacts, reportState } from '../../report/page/report-state.ts';
import { RowColumnsBuilder } from '../../report/page/row-columns.ts';
import { RowSample } from '../../report/page/row-sample.ts';
import { SeriesRecorder } from '../../report/page/series.ts';
import { openSaved } from '../../save/files/directories.ts';
import { pageTemplate } from '../pages.ts';

/** Hosts that the page names. */
const MOST_HOSTS = 50;

/** Intervals of the curves, at most, and the shortest one in ms. */
const INTERVALS = 400;
const SHORTEST = 10;

export interface PageRequest {
  readonly directory: string;
  readonly condition: Condition;
  /** The condition as the user wrote it. */
  readonly where: string | undefined;
  /** The page without data; a test passes its own. */
  readonly template?: string;
  /** The most rows that are listed. @default 100,000 */
  readonly mostRows?: number;
}

/**
 * Yields the page of a directory in pieces. The counts and curves are of all rows. The listed rows are
 * those that meet the condition, or a sample of them.
 * @throws BrokenRunError when the ledger cannot be read, or the page is missing
 */
export async function* reportPage(
  reader: LedgerReader,
  request: PageRequest,
): AsyncGenerator<string, void, undefined> {
  const { directory, template = pageTemplate() } = request;
  const facts = factsOf(reader, directory);
  const { rows, leftOut } = rowsOf(reader, request, facts);
  const series = seriesOf(reader, facts);
  const state = reportState(facts, { series, leftOut });
  const pictures = picturesOf(rows, (path) => lookAt(directory, path));
  yield* fillPage(template, reportJson(state, rows, pictures));
}

function factsOf(reader: LedgerReader, directory: string): LedgerFacts & { run: Run | undefined } {
  const { lastRun: run, isInUse } = reader;
  const { top, others } = reader.hosts(MOST_HOSTS);
  return {
    directory,
    run,
    isInUse,
    lastEnd: run && reader.lastEnd(run.id),
    groups: reader.groups(),
    hosts: top,
    otherHosts: others,
  };
}

function rowsOf(
  reader: LedgerReader,
  { condition, where, mostRows }: PageRequest,
  { run, groups }: LedgerFacts & { run: Run | undefined },
): { rows: RowColumns; leftOut: RunState['leftOut'] } {
  const rows = reader.count(condition);
  const notDone = reader.count({ ...condition, sql: `${condition.sql} AND NOT ${IS_DONE}` });
  const sample = new RowSample({ rows, notDone }, mostRows);
  const builder = new RowColumnsBuilder();
  const isPicked = (status: Status) => sample.has(isDone(status));
  for (const record of reader.pickedRecords(condition, isPicked)) {
    const { path, startedAt } = record;
    const isOfRun = run !== undefined && record.run === run.id && startedAt !== undefined;
    builder.add(record, { path, start: isOfRun ? startedAt - run.startedAt : undefined });
  }
  const all = groups.reduce((sum, group) => sum + group.rows, 0);
  // A run in progress may have added rows between the two counts.
  const others = Math.max(all - rows, 0);
  const which = [
    ...(others > 0 ? [`the ${formatCount(others)} that do not meet ${where}`] : []),
    ...sample.which,
  ];
  const leftOut = { rows: others + sample.leftOut, which: which.join('; ') };
  return { rows: builder.columns, leftOut: leftOut.rows > 0 ? leftOut : undefined };
}

function seriesOf(reader: LedgerReader, facts: LedgerFacts & { run: Run | undefined }): Series {
  const { run } = facts;
  const elapsed = elapsedOf(facts);
  const recorder = new SeriesRecorder(intervalFor(elapsed));
  if (run === undefined) return recorder.series(0);
  for (const { status, startedAt, elapsed, ...row } of reader.timesOf(run.id)) {
    if (startedAt === undefined) continue;
    const start = Math.max(startedAt - run.startedAt, 0);
    recorder.add({
      end: start + elapsed,
      isDone: isDone(status),
      bytes: status === 'ok' ? row.bytes : 0,
      start: row.attempts > 0 ? start : undefined,
      timings: row.timings,
    });
  }
  for (const { at, allowed } of reader.loads(run.id)) {
    recorder.note({ at: Math.max(at - run.startedAt, 0), allowed });
  }
  return recorder.series(elapsed);
}

/** The shortest of 10, 20, 50, 100 … ms that makes at most {@link INTERVALS}. */
function intervalFor(elapsed: number): number {
  for (let ten = SHORTEST; ; ten *= 10) {
    for (const interval of [ten, 2 * ten, 5 * ten]) {
      if (elapsed <= interval * INTERVALS) return interval;
    }
  }
}

async function lookAt(directory: string, path: string): Promise<LookedAt | undefined> {
  const file = await openSaved(directory, path);
  if (file === undefined) return undefined;
  const { size } = await file.stat();
  return {
    size,
    async read(length) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(length, size)), {
        position: 0,
      });
      return buffer.subarray(0, bytesRead);
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}
