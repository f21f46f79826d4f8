import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessMissing } from '../../model/error-code.ts';
import { makeDirectories } from '../make-directories.ts';

/** A multipart upload that was begun, or was about to be. */
export interface UploadRecord {
  /** Where the bucket is: the origin and the bucket, without secrets. */
  readonly bucket: string;
  readonly key: string;
  /** When it was about to be begun, in ms since the epoch. Records of earlier versions have none. */
  readonly begunAt?: number | undefined;
  /** Undefined until the server has said it. */
  readonly uploadId?: string | undefined;
}

/** Our names. Other files are left alone. */
const NAME = /^[0-9a-f-]{36}\.json$/;
const DRAFT_NAME = /^[0-9a-f-]{36}\.json\.tmp$/;

/** The record of an upload that is under way. */
export interface UploadNote {
  /** Adds what the server calls the upload. @throws the file system's errors */
  name(uploadId: string): Promise<void>;
  /** Removes the record. @throws the file system's errors */
  forget(): Promise<void>;
}

/**
 * The multipart uploads that a run has begun and not ended, as files of a folder. A killed run leaves its
 * uploads, and their parts cost the owner of the bucket money until they are removed. An upload is noted
 * before it is begun. Where the run was killed before it knew the id, the bucket is asked for the uploads
 * of that key. It is not asked for all uploads, since it does not say whose they are: another worker may be
 * writing one of them at this moment.
 */
export class UploadRecords {
  readonly #folder: string;
  #made: Promise<unknown> | undefined;

  /** @param folder is created when there is something to keep */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Notes an upload until it is ended.
   * @throws the file system's errors
   */
  async note(upload: UploadRecord): Promise<UploadNote> {
    this.#made ??= makeDirectories(this.#folder);
    await this.#made;
    const path = join(this.#folder, `${randomUUID()}.json`);
    await writeFile(path, JSON.stringify(upload), { flag: 'wx' });
    return {
      async name(uploadId) {
        // A kill leaves the old record or the new one, whole.
        const draft = `${path}.tmp`;
        await writeFile(draft, JSON.stringify({ ...upload, uploadId }));
        await rename(draft, path);
      },
      forget: () => rm(path, { force: true }),
    };
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
    const names = (await unlessMissing(readdir(this.#folder))) ?? [];
    // A kill before the renaming.
    const drafts = names.filter((name) => DRAFT_NAME.test(name));
    for (const name of drafts) await rm(join(this.#folder, name), { force: true });
    return names.filter((name) => NAME.test(name));
  }
}

function parse(text: string): UploadRecord | undefined {
  try {
    const { bucket, key, begunAt, uploadId } = JSON.parse(text) as Partial<UploadRecord>;
    if (typeof bucket !== 'string' || typeof key !== 'string') return undefined;
    if (typeof uploadId === 'string') return { bucket, key, uploadId };
    return typeof begunAt === 'number' ? { bucket, key, begunAt } : undefined;
  } catch {
    return undefined;
  }
}
