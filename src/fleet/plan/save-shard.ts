import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';
import { shardName } from '../places.ts';
import type { Plan, Shard } from '../plans.ts';
import { compressed, digestOf, shardText } from './row-shard.ts';

/** A shard that is not in the storage yet. */
export interface NewShard extends Omit<Shard, 'digest' | 'rows'> {
  /** Its rows, see `lineOf`. */
  readonly lines: readonly string[];
}

/** What shards are saved with. */
export interface ShardSaving {
  readonly plan: Pick<Plan, 'id' | 'name'>;
  readonly storage: ObjectStorage;
  /** The shards that an interrupted `plan` has saved, by their numbers. */
  readonly saved: ReadonlyMap<number, Shard>;
  /** Takes note of a shard that is in the storage. */
  readonly note: (shard: Shard) => Promise<void>;
}

/**
 * Writes a row shard into the storage, and then takes note of it. A shard that is there already with the
 * same rows is not written again.
 * @returns its number of rows
 * @throws BrokenRunError when the storage does not take it; as `note`
 */
export async function saveNewShard(shard: NewShard, saving: ShardSaving): Promise<number> {
  const { plan, storage, saved, note } = saving;
  const { lines, number, origins, firstId } = shard;
  const text = shardText(firstId, lines);
  const digest = digestOf(text);
  const name = shardName(plan, number);
  const before = saved.get(number);
  try {
    const isSame = before?.digest === digest && before.origins === origins;
    if (isSame && (await storage.stat(name)) !== undefined) return lines.length;
    await store(storage, name, await compressed(text));
  } catch (cause) {
    throw new BrokenRunError(
      `the row shard ${name} cannot be written to ${storage.location}: ${messageOf(cause)}`,
      { cause },
    );
  }
  await note({ number, origins, rows: lines.length, firstId, digest });
  return lines.length;
}

async function store(storage: ObjectStorage, name: string, bytes: Uint8Array): Promise<void> {
  const draft = await storage.create(name, {
    contentType: 'application/gzip',
    bytes: bytes.length,
  });
  try {
    await draft.write(bytes);
    await draft.publish();
  } catch (error) {
    await draft.discard();
    throw error;
  }
}
