import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../model/error-code.ts';

/** A multipart upload that was begun. */
export interface UploadRecord {
  /** Where the bucket is: the origin and the bucket, without secrets. */
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/**
 * The multipart uploads that a run has begun and not ended, as files of a folder: one that is killed leaves
 * them, and its parts cost their owner money until they are removed. The bucket could be asked for them,
 * but it does not say whose they are: another worker may be writing one of them at this moment. What is
 * lost is an upload that was begun in the moment of the kill; a rule of the bucket's life cycle
 * (AbortIncompleteMultipartUpload) ends that.
 */
export class UploadRecords {
  readonly #folder: string;
  #made: Promise<unknown> | undefined;

  /** @param folder is created when there is something to keep */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Keeps an upload until it is ended.
   * @returns removes the record
   * @throws the file system's errors
   */
  async keep(record: UploadRecord): Promise<() => Promise<void>> {
    this.#made ??= mkdir(this.#folder, { recursive: true });
    await this.#made;
    const path = join(this.#folder, `${randomUUID()}.json`);
    await writeFile(path, JSON.stringify(record), { flag: 'wx' });
    return () => rm(path, { force: true });
  }

  /**
   * The uploads that earlier runs have left in `bucket`, and for each what removes its record.
   * @throws the file system's errors
   */
  async *left(bucket: string): AsyncGenerator<{ record: UploadRecord; done: () => Promise<void> }> {
    for (const name of await this.#names()) {
      const path = join(this.#folder, name);
      const record = parse(await readFile(path, 'utf8'));
      const done = () => rm(path, { force: true });
      // A kill in the middle of a write leaves a record that is of no use.
      if (record === undefined) await done();
      else if (record.bucket === bucket) yield { record, done };
    }
  }

  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter((name) => name.endsWith('.json'));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }
}

function parse(text: string): UploadRecord | undefined {
  try {
    const { bucket, key, uploadId } = JSON.parse(text) as Partial<UploadRecord>;
    if (typeof bucket !== 'string' || typeof key !== 'string') return undefined;
    return typeof uploadId === 'string' ? { bucket, key, uploadId } : undefined;
  } catch {
    return undefined;
  }
}
