import { join } from 'node:path';
import type { Item } from '../../model/item.ts';
import type { WholeFile } from '../threads/saver-thread.ts';
import { Savers } from '../threads/savers.ts';
import type { DraftSpace } from './file-draft.ts';
import type { Parts } from './parts.ts';
import { type StagingFile, TemporaryFile } from './staging-file.ts';
import { hiddenTemporaryName } from './temporary-name.ts';

/** Where the files of one sink are before they have their final names. */
export class StagingArea implements DraftSpace, AsyncDisposable {
  readonly digest: boolean;
  readonly durable: boolean;
  readonly fileTimes: boolean;
  readonly #directory: string;
  readonly #parts: Parts | undefined;
  readonly #savers: Savers;

  constructor(
    directory: string,
    parts: Parts | undefined,
    { digest, durable, fileTimes }: Pick<DraftSpace, 'digest' | 'durable' | 'fileTimes'>,
  ) {
    this.#directory = directory;
    this.#parts = parts;
    this.digest = digest;
    this.durable = durable;
    this.fileTimes = fileTimes;
    this.#savers = new Savers({ durable });
  }

  /**
   * Among the parts, where there is a place for them; else a hidden file in the run's directory, also
   * for a file that goes into one below it: that is made for whole files only.
   */
  temporaryPath(): string {
    return this.#parts?.temporaryPath() ?? join(this.#directory, hiddenTemporaryName());
  }

  stagingFileFor(item: Item): StagingFile {
    return this.#parts?.create(item) ?? new TemporaryFile(this.temporaryPath());
  }

  /** A file more will be saved, if all goes well. */
  expect(): void {
    this.#savers.expect();
  }

  save(file: WholeFile): Promise<boolean> {
    return this.#savers.save(file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#savers[Symbol.asyncDispose]();
  }

  /** What an earlier run left of this file. @returns undefined when there is nothing */
  find(item: Item): Promise<StagingFile> | undefined {
    return this.#parts?.find(item);
  }
}
