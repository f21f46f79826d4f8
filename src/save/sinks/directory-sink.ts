import { mkdir } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/failure.ts';
import type { Item } from '../../model/item.ts';
import { Directories } from '../files/directories.ts';
import { FileDraft } from '../files/file-draft.ts';
import { Parts } from '../files/parts.ts';
import { foldsCase } from '../files/probe-directory.ts';
import { StagingArea } from '../files/staging-area.ts';
import { ExistingFiles, type ReplaceRule } from '../names/existing-files.ts';
import { type ClaimedName, FinalNames } from '../names/final-names.ts';
import { NameRegistry, type OnCollision } from '../names/name-registry.ts';
import { compileTemplate, DEFAULT_TEMPLATE, type NameTemplate } from '../names/name-template.ts';
import { RowTarget } from '../names/row-target.ts';
import type { Draft, Sink } from './sink.ts';

/** How a {@link DirectorySink} names files, and what it makes sure of. */
export interface DirectorySinkOptions {
  /** Default: the row's name, or that of its URL. */
  readonly template?: NameTemplate | undefined;
  /** Whether the name that the server gives a file counts, where the row has none. Default: no. */
  readonly useContentDisposition?: boolean | undefined;
  /**
   * What becomes of a row whose name another row of the run has, or a foreign file: it fails, gets
   * a number (`a-1.gif`), replaces the other, or is skipped. A file that is put there while the run goes
   * on is a foreign one. A row that fails gives its name back.
   * Default: it fails.
   */
  readonly onCollision?: OnCollision | undefined;
  /**
   * Which files that were there before the run are not existing, and are replaced whatever
   * `onCollision` says: none (the default), all, or those of a rule. A directory of which a ledger
   * knows has a rule: a file of this same row is its own, and one that no row is recorded to have, and
   * that is younger than a run that was killed (`stats.ctimeMs`), may be that run's: `if-same`.
   */
  readonly replaceExisting?: boolean | ReplaceRule | undefined;
  /**
   * A directory of the run's own, on the same file system, where parts of files are kept for later
   * runs; temporary files are there, too. Default: no parts are kept, and temporary files are
   * hidden ones in the directory itself.
   */
  readonly parts?: string | undefined;
  /** Whether the SHA-256 of every file is to be told. Default: no. */
  readonly digest?: boolean | undefined;
  /** Whether a file is synced to the disk before it gets its name. Default: no. */
  readonly durable?: boolean | undefined;
  /**
   * Whether a file has the time of its last change on the server (`Last-Modified`), where the server says it,
   * and not that of its download. Default: yes.
   */
  readonly fileTimes?: boolean | undefined;
}

/** Saves each body as a file of its own below one directory. */
export class DirectorySink implements Sink, AsyncDisposable {
  readonly #names: FinalNames;
  readonly #space: StagingArea;

  private constructor(names: FinalNames, space: StagingArea) {
    this.#names = names;
    this.#space = space;
  }

  /** Creates `directory` where it is missing. @throws BrokenRunError when it cannot be written to */
  static async open(directory: string, options: DirectorySinkOptions = {}): Promise<DirectorySink> {
    try {
      await mkdir(directory, { recursive: true });
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
    const { onCollision, replaceExisting = false } = options;
    const { digest = false, durable = false, fileTimes = true } = options;
    const directories = new Directories(directory);
    const parts = await openParts(directory, directories, options.parts);
    const space = new StagingArea(directory, parts, { digest, durable, fileTimes });
    const replace = onCollision === 'overwrite' ? true : replaceExisting;
    const existing = await ExistingFiles.open(directory, replace);
    const isCaseFolded = await foldsCase(space.temporaryPath());
    const registry = new NameRegistry({ directory, onCollision, foldsCase: isCaseFolded });
    const template = options.template ?? compileTemplate(DEFAULT_TEMPLATE);
    const naming = { template, useContentDisposition: options.useContentDisposition ?? false };
    return new DirectorySink(
      new FinalNames(directory, naming, { registry, existing, directories }),
      space,
    );
  }

  /**
   * A promise is returned only where the disk has to be asked: for a file that may be there already,
   * or a part.
   *
   * @throws TypeError for a URL that is none; TemplateError for a column that the row has not;
   *   NameCollisionError, ExistingFileError, SkipError when the name is taken
   */
  open(item: Item): Draft | Promise<Draft> {
    const name = this.#names.claim(item);
    if (name instanceof Promise) return name.then((claimed) => this.#draft(item, claimed));
    return this.#draft(item, name);
  }

  /** Ends the threads that saved files; no draft may be open any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#space[Symbol.asyncDispose]();
  }

  #draft(item: Item, name: ClaimedName | undefined): Draft | Promise<Draft> {
    this.#space.expect();
    const target = new RowTarget(this.#names, item, name);
    const left = this.#space.find(item);
    if (left === undefined) return new FileDraft(item, target, this.#space);
    return left.then(
      (staging) => new FileDraft(item, target, this.#space, staging),
      (error: unknown) => {
        target.release();
        throw error;
      },
    );
  }
}

async function openParts(
  directory: string,
  directories: Directories,
  parts: string | undefined,
): Promise<Parts | undefined> {
  if (parts === undefined) return undefined;
  const below = relative(directory, parts).split(sep);
  // No link may lead its files elsewhere; outside of the directory it is the caller's business.
  if (below[0] !== '..' && !isAbsolute(below.join(sep))) await directories.ensure(below.join('/'));
  return await Parts.open(parts);
}

function broken(what: string, directory: string, cause: unknown): BrokenRunError {
  return new BrokenRunError(`cannot ${what} the directory ${directory}: ${messageOf(cause)}`, {
    cause,
  });
}
