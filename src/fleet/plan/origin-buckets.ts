import { originOf } from '../../model/origin-of.ts';

/** Rows of one bucket that go into a shard together. */
export interface FullBucket {
  readonly bucket: number;
  readonly lines: readonly string[];
}

/** Options of {@link OriginBuckets}. */
export interface BucketOptions {
  /** Rows of a bucket that make a shard. */
  readonly rows: number;
  /** Characters that all buckets may hold. @default 256 Mi */
  readonly memory?: number | undefined;
}

/**
 * How many buckets there are. As many shards of a plan can be worked on at a time. More of them would make
 * smaller shards, within the same memory.
 */
const BUCKETS = 512;

/** Characters in memory: with their strings, some 500 MB. */
const MEMORY = 256 * 1024 * 1024;

/** What a line takes besides its characters. */
const OVERHEAD = 48;

/**
 * Sorts rows into buckets by their origin. All rows of an origin are in one bucket, so one worker at a time
 * has them. A bucket with enough rows is a shard. When the buckets together are too large, the largest one
 * becomes a shard before it has enough rows.
 */
export class OriginBuckets {
  readonly #rows: number;
  readonly #memory: number;
  readonly #buckets: { lines: string[]; size: number }[] = Array.from({ length: BUCKETS }, () => ({
    lines: [],
    size: 0,
  }));
  #size = 0;

  constructor({ rows, memory = MEMORY }: BucketOptions) {
    this.#rows = rows;
    this.#memory = memory;
  }

  /** @returns a bucket to make a shard of, which is empty again */
  add(bucket: number, line: string): FullBucket | undefined {
    const into = this.#buckets[bucket];
    if (into === undefined) throw new RangeError(`there is no bucket ${bucket}`);
    const size = line.length + OVERHEAD;
    into.lines.push(line);
    into.size += size;
    this.#size += size;
    if (into.lines.length >= this.#rows) return this.#take(bucket);
    if (this.#size > this.#memory) return this.#take(this.#largest());
    return undefined;
  }

  /** What is left, at the end of the list. */
  *rest(): Generator<FullBucket, void> {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if ((this.#buckets[bucket]?.lines.length ?? 0) > 0) yield this.#take(bucket);
    }
  }

  #take(bucket: number): FullBucket {
    const { lines = [], size = 0 } = this.#buckets[bucket] ?? {};
    this.#buckets[bucket] = { lines: [], size: 0 };
    this.#size -= size;
    return { bucket, lines };
  }

  #largest(): number {
    let largest = 0;
    for (let bucket = 1; bucket < BUCKETS; bucket++) {
      const { size = 0 } = this.#buckets[bucket] ?? {};
      if (size > (this.#buckets[largest]?.size ?? 0)) largest = bucket;
    }
    return largest;
  }
}

/** The bucket of a URL's origin. URLs without one share a bucket. */
export function bucketOf(url: string): number {
  let origin = '';
  try {
    origin = originOf(url);
  } catch {
    // A row that is no URL fails without a request, whichever worker has it.
  }
  return fnv1a(origin) % BUCKETS;
}

/** FNV-1a with 32 bits (draft-eastlake-fnv): the same on each machine and in each version. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
