import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { RunSettings } from './download-options.ts';
import { preflight } from './engine/preflight.ts';
import { copyLedger } from './ledger/open-database.ts';
import { messageOf } from './model/error-words.ts';
import { type Item, itemOf, type Row } from './model/item.ts';
import { skippedBy } from './model/outcome.ts';
import { type Reason, reasonOf } from './model/reason.ts';
import { identified } from './model/row-key.ts';
import { Recording } from './recording/recording.ts';
import { Directories, seemsToFoldCase } from './save/files/directories.ts';
import { compareContents } from './save/files/publish.ts';
import { Duplicates } from './save/names/duplicates.ts';
import { ExistingFileError, ExistingFiles } from './save/names/existing-files.ts';
import { FinalNames } from './save/names/final-names.ts';
import { NameRegistry } from './save/names/name-registry.ts';
import { templateOf } from './save/names/name-template.ts';
import { objectNames } from './save/sinks/object-sink.ts';
import { type SinkPlace, savedIn, sinkPlace } from './save/sinks/open-sink.ts';

/** What a run would do with a row, as far as that is known without a request. */
export interface Rehearsed {
  readonly item: Item;
  readonly does: 'download' | 'copy' | 'skip' | 'fail';
  /** Where its file goes, or is, within the directory; undefined when the response decides. */
  readonly path?: string | undefined;
  /** Why it is skipped or fails. */
  readonly reason?: Reason;
  /** Why it fails, in words. */
  readonly problem?: string;
}

/**
 * Says what a run would do with each row, in order. It takes the names, and looks at the ledger and at
 * files that are there, as the run would. It sends no request and writes nothing to the directory: the
 * ledger is read from a copy in the system's temporary directory. Objects in S3 are not looked at.
 *
 * @throws as `download` does
 */
export async function* rehearse(
  rows: AsyncIterable<Row>,
  options: RunSettings,
): AsyncGenerator<Rehearsed, void, undefined> {
  const { kind, location: at } = placeOf(options.sink);
  const location = kind === 'objects' ? at : undefined;
  const isInShards = kind === 'tar';
  const place = location ?? options.directory;
  const template = templateOf(options.names, options.key);
  const naming = { template, useContentDisposition: options.useContentDisposition === true };
  const isAsked = options.names !== undefined && !isInShards;
  await using scratch = await Scratch.open();
  const hasLedger = Boolean(options.ledger) && copyLedger(options.directory, scratch.path);
  await using recording = hasLedger
    ? Recording.open(options, isAsked ? naming : undefined, scratch.path)
    : undefined;
  const names =
    location === undefined
      ? await namesOf(options, naming, recording)
      : objectNames(location, { ...naming, onCollision: options.onCollision });
  const isSaved = typeof options.sink === 'string' ? await savedIn(options.sink) : undefined;
  const duplicates = new Duplicates({ template, hasBeenTaken: recording?.earlier.hasBeenTaken });
  let index = 0;
  for await (const row of rows) {
    const item = identified(itemOf(row, index++), options.key ?? 'url');
    const earlier = recording?.earlier.recall(item, isSaved);
    const { origin, outcome } = { outcome: undefined, ...preflight(item, earlier) };
    const isElsewhere = earlier?.isElsewhere === true;
    const needsName = origin !== undefined || isElsewhere;
    if (origin !== undefined && isInShards) {
      // The response decides where in the shards it goes.
      yield { item, does: 'download' };
      continue;
    }
    const standing = duplicates.enter(item, needsName);
    if (needsName && standing !== 'first') {
      yield { item, does: 'skip', reason: 'duplicate' };
    } else if (needsName) {
      const does = isElsewhere ? 'copy' : 'download';
      const rehearsed = await named(item, names, { does, source: earlier?.file.path, place });
      const status = rehearsed.does === 'fail' ? 'failed' : 'ok';
      duplicates.end({ item, status, bytes: 0, attempts: 0 });
      yield rehearsed;
    } else if (outcome?.error !== undefined) {
      yield { item, does: 'fail', reason: outcome.error.reason, problem: outcome.error.detail };
    } else {
      const { path, reason = 'already-there' } = outcome ?? {};
      yield { item, does: 'skip', path: path && relative(place, path), reason };
    }
  }
}

/** Where rows become samples or objects; nothing for files. */
function placeOf(sink: RunSettings['sink']): Partial<SinkPlace> {
  return typeof sink === 'string' ? sinkPlace(sink) : {};
}

interface Naming {
  readonly does: 'download' | 'copy';
  /** The file that would be copied. */
  readonly source: string | undefined;
  /** Where all files go. */
  readonly place: string;
}

async function named(
  item: Item,
  names: FinalNames,
  { does, source, place }: Naming,
): Promise<Rehearsed> {
  try {
    return { item, does, path: (await names.open(item)).path };
  } catch (error) {
    if (does === 'copy' && source !== undefined && error instanceof ExistingFileError) {
      const existing = await compareContents(source, error.path);
      const path = relative(place, error.path);
      if (existing?.contents === 'same') return { item, does, path };
    }
    const reason = reasonOf(error);
    const skipped = skippedBy(item, error);
    if (skipped === undefined) return { item, does: 'fail', reason, problem: messageOf(error) };
    const path = skipped.path && relative(place, skipped.path);
    return { item, does: 'skip', path, reason, problem: messageOf(error) };
  }
}

async function namesOf(
  { directory, onCollision, replaceExisting }: RunSettings,
  naming: Pick<ConstructorParameters<typeof FinalNames>[1], 'template' | 'useContentDisposition'>,
  recording: Recording | undefined,
): Promise<FinalNames> {
  const isAsked = replaceExisting ?? recording?.owners.mayReplace ?? false;
  const rule = onCollision === 'overwrite' ? true : isAsked;
  const existing = (await isThere(directory))
    ? await ExistingFiles.open(directory, { rule, onCollision })
    : new ExistingFiles(directory, { rule, onCollision }, true);
  const registry = new NameRegistry({ onCollision, foldsCase: await seemsToFoldCase(directory) });
  const directories = new Directories(directory);
  return new FinalNames(directory, { ...naming, registry, existing, directories });
}

async function isThere(directory: string): Promise<boolean> {
  const stats = await stat(directory).catch(() => undefined);
  return stats?.isDirectory() === true;
}

/** A directory of its own that is removed in the end. */
class Scratch implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async open(): Promise<Scratch> {
    return new Scratch(await mkdtemp(join(tmpdir(), 'flaghoist-')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
