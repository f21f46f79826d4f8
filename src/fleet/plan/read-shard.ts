import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import type { ObjectStorage } from '../../storage/object-storage.ts';
import { shardName } from '../places.ts';
import type { Plan } from '../plans.ts';
import { rowsIn, type ShardRow } from './row-shard.ts';

/**
 * Reads a row shard from the storage.
 * @throws BrokenRunError for one that is missing or damaged
 */
export async function readShard(
  storage: ObjectStorage,
  plan: Pick<Plan, 'name'>,
  shard: number,
): Promise<ShardRow[]> {
  const name = shardName(plan, shard);
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of storage.read(name)) chunks.push(chunk);
  } catch (cause) {
    throw new BrokenRunError(
      `the row shard ${name} in ${storage.location} cannot be read: ${messageOf(cause)}`,
      { cause },
    );
  }
  return await rowsIn(Buffer.concat(chunks), name);
}
