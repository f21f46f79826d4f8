import { join } from 'node:path';
import { download } from '../../download.ts';
import type { DownloadOptions } from '../../download-options.ts';
import type { Row } from '../../model/item.ts';
import type { Outcome } from '../../model/outcome.ts';
import { rowRecordOf } from '../../model/row-fields.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';
import { isS3 } from '../../storage/open-storage.ts';
import type { Claim } from '../jobs.ts';
import { attemptFolder, attemptSink, isDirectory, recordedPath, storageOf } from '../places.ts';
import { readShard } from '../plan/read-shard.ts';
import type { ShardRow } from '../plan/row-shard.ts';
import type { Plan } from '../plans.ts';
import type { FinalRecord } from './copy-records.ts';

/** What an attempt is made with. */
export interface AttemptOptions {
  readonly plan: Plan;
  readonly storage: ObjectStorage;
  /** Options of the plan's run. */
  readonly settings: DownloadOptions;
  /** Where the sink of an attempt has its own files, for a sink that is no directory. */
  readonly scratch: string;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  /** Called for each row as it ends. */
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined;
}

/** A row of a shard that was no row in its list either. */
class PlannedProblem extends Error {
  override readonly name = 'PlannedProblem';
  readonly reason = 'bad-row';
}

/**
 * Downloads the rows of a shard into the attempt's own folder.
 * @returns a record for each row; undefined when `signal` ended it before that
 * @throws BrokenRunError for a shard that is missing or damaged, and as `download`
 */
export async function runAttempt(
  claim: Claim,
  options: AttemptOptions,
): Promise<FinalRecord[] | undefined> {
  const { plan, settings, signal, onOutcome } = options;
  const rows = await readShard(options.storage, plan, claim.shard);
  const folder = attemptFolder(plan, claim.shard, claim.attempt);
  const place = { sink: plan.sink, folder };
  const records: FinalRecord[] = [];
  const run = { ...settings, ...whereOf(options, folder), ledger: false, signal };
  for await (const outcome of download(rows.map(asRow), run)) {
    const row = rows[outcome.item.index] as ShardRow;
    const record = rowRecordOf(outcome);
    const recorded = (path: string | undefined) => path && recordedPath(path, place);
    const [path, duplicateOf] = [recorded(record.path), recorded(record.duplicateOf)];
    records.push({ id: row.id, record: { ...record, path, duplicateOf } });
    onOutcome?.(outcome);
  }
  return signal.aborted || records.length < rows.length ? undefined : records;
}

/** Where an attempt's files go. */
function whereOf(
  { plan: { sink }, scratch }: AttemptOptions,
  folder: string,
): Pick<DownloadOptions, 'directory' | 'sink'> {
  if (isDirectory(sink)) return { directory: join(sink, folder), sink: undefined };
  // Shards in a directory are made there; what goes to S3 is collected here.
  const directory = isS3(storageOf(sink)) ? join(scratch, folder) : undefined;
  return { directory, sink: attemptSink(sink, folder) };
}

function asRow({ id: _, problem, ...row }: ShardRow): Row {
  return problem === undefined ? row : { ...row, problem: new PlannedProblem(problem) };
}
