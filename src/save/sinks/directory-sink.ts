import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import type { Item } from '../../model/item.ts';
import { makeDirectories } from '../../storage/make-directories.ts';
import { type Contents, destinationOnce } from '../files/contents.ts';
import { Directories, foldsCase } from '../files/directories.ts';
import { openDraft } from '../files/file-draft.ts';
import { copySaved, NamedFile } from '../files/named-file.ts';
import { compareContents } from '../files/publish.ts';
import { StagingArea } from '../files/staging-area.ts';
import { ExistingFileError, ExistingFiles, type ReplaceRule } from '../names/existing-files.ts';
import { type FinalName, FinalNames } from '../names/final-names.ts';
import { NameRegistry, type OnCollision } from '../names/name-registry.ts';
import { compileTemplate, type NameTemplate } from '../names/name-template.ts';
import { Savers } from '../threads/savers.ts';
import type { Draft, SavedFile, Sink } from './sink.ts';

/** How a {@link DirectorySink} names and saves files. */
export interface DirectorySinkOptions {
  /** @default the row's name, or that of its URL with its query: see {@link compileTemplate} */
  readonly template?: NameTemplate | undefined;
  /**
   * Whether a row without a name of its own gets the one that the server states.
   * @default false
   */
  readonly useContentDisposition?: boolean | undefined;
  /**
   * What happens to a row whose name is taken by another row of the run or by a file that is not its
   * own, including one created during the run: it fails, gets a number (`a-1.gif`), replaces the other
   * file, or is skipped. A row that fails gives its name back. The same holds for a row whose own file
   * was changed here since it was saved.
   * @default undefined it fails; a row whose file was changed here is skipped, as `changed-here`
   */
  readonly onCollision?: OnCollision | undefined;
  /**
   * Which files from before the run are replaced, whatever `onCollision` says: none, all, or those that
   * a rule allows. With a ledger there is a rule: a file recorded for this row is its own, and a file
   * recorded for no row that is younger than a killed run (`stats.ctimeMs`) may be (`if-same`).
   * @default false
   */
  readonly replaceExisting?: boolean | ReplaceRule | undefined;
  /**
   * A directory for the run's own use, on the same file system, that keeps parts of files for later runs
   * and holds temporary files.
   * @default none: parts are not kept, and temporary files are hidden ones in the directory itself
   */
  readonly parts?: string | undefined;
  /**
   * Whether to report the SHA-256 of every file.
   * @default false
   */
  readonly digest?: boolean | undefined;
  /**
   * Whether to sync each file to the disk before it gets its name.
   * @default false
   */
  readonly durable?: boolean | undefined;
  /**
   * Whether a file gets the time of its last change on the server (`Last-Modified`), if stated.
   * @default true
   */
  readonly fileTimes?: boolean | undefined;
  /**
   * The contents that are saved already. A file with the same ones gets a hard link to them.
   * @default undefined every file is stored
   */
  readonly contents?: Contents | undefined;
}

/** Saves each body as a file below one directory. */
export class DirectorySink implements Sink, AsyncDisposable {
  readonly #names: FinalNames;
  readonly #staging: StagingArea;
  readonly #savers: Savers;
  readonly #contents: Contents | undefined;

  private constructor(names: FinalNames, staging: StagingArea, contents: Contents | undefined) {
    this.#names = names;
    this.#staging = staging;
    this.#savers = new Savers(staging.options);
    this.#contents = contents;
  }

  /** Creates `directory` if it is missing. @throws BrokenRunError when it is not writable */
  static async open(directory: string, options: DirectorySinkOptions = {}): Promise<DirectorySink> {
    try {
      await makeDirectories(directory);
    } catch (cause) {
      throw broken('create', directory, cause);
    }
    try {
      return await DirectorySink.#openWritable(directory, options);
    } catch (cause) {
      throw broken('write to', directory, cause);
    }
  }

  static async #openWritable(
    directory: string,
    options: DirectorySinkOptions,
  ): Promise<DirectorySink> {
    const { onCollision, replaceExisting = false, useContentDisposition = false } = options;
    const { digest = false, durable = false, fileTimes = true } = options;
    const directories = new Directories(directory);
    const saving = { digest, durable, fileTimes };
    const staging = await StagingArea.open(directory, options.parts, saving);
    const rule = onCollision === 'overwrite' ? true : replaceExisting;
    const existing = await ExistingFiles.open(directory, { rule, onCollision });
    const isCaseFolded = await foldsCase(staging.temporaryPath());
    const registry = new NameRegistry({ directory, onCollision, foldsCase: isCaseFolded });
    const template = options.template ?? compileTemplate();
    const naming = { template, useContentDisposition, registry, existing, directories };
    return new DirectorySink(new FinalNames(directory, naming), staging, options.contents);
  }

  /**
   * The draft is returned as a promise only if the disk has to be asked about an existing file or a part.
   *
   * @throws TypeError for an invalid URL; TemplateError for a column that the row does not have;
   *   NameCollisionError, ExistingFileError, SkipError when the name is taken
   */
  open(item: Item): Draft | Promise<Draft> {
    const name = this.#names.open(item);
    if (name instanceof Promise) return name.then((claimed) => this.#draft(item, claimed));
    return this.#draft(item, name);
  }

  /**
   * Copies a file that an earlier run has saved to the name that its row has now. The file stays.
   * @returns undefined when the file is not what was saved
   * @throws as {@link open}; the file system's errors
   */
  readonly copy = async (item: Item, file: SavedFile): Promise<SavedFile | undefined> => {
    try {
      const name = await this.#names.open(item);
      return await copySaved({ item, file, name }, this.#staging);
    } catch (error) {
      if (!(error instanceof ExistingFileError)) throw error;
      // A run before the earlier one may have saved it under this name.
      const existing = await compareContents(file.path, error.path);
      if (existing?.contents === 'same') return { ...file, path: error.path };
      throw error;
    }
  };

  /** Ends the threads that save files; no draft may be open any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#savers[Symbol.asyncDispose]();
  }

  #draft(item: Item, name: FinalName): Draft | Promise<Draft> {
    this.#savers.expect();
    const file = new NamedFile(name, this.#staging, this.#savers);
    return openDraft(item, destinationOnce(file, this.#contents), this.#staging);
  }
}

function broken(what: string, directory: string, cause: unknown): BrokenRunError {
  return new BrokenRunError(`cannot ${what} the directory ${directory}: ${messageOf(cause)}`, {
    cause,
  });
}
