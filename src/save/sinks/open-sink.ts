import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import { withoutCredentials } from '../../model/without-credentials.ts';
import { makeDirectories } from '../../storage/make-directories.ts';
import { isS3, openStorage, type StorageOptions } from '../../storage/open-storage.ts';
import { parseS3Location } from '../../storage/s3/s3-location.ts';
import { type SavingOptions, StagingArea } from '../files/staging-area.ts';
import { compileTemplate } from '../names/name-template.ts';
import type { TarSinkOptions } from '../shards/tar-sink.ts';
import type { DirectorySinkOptions } from './directory-sink.ts';
import type { ObjectSinkOptions } from './object-sink.ts';
import type { Sink } from './sink.ts';

/** Where a sink that is named by a string saves. */
export interface SinkPlace {
  /** `tar`: samples in shards. `objects`: an object for each row. */
  readonly kind: 'tar' | 'objects';
  /** A directory, or `s3://bucket/prefix`. */
  readonly location: string;
  /** The directory, if it is one: it has the ledger, too. */
  readonly directory: string | undefined;
}

/**
 * Reads `tar:DIR`, `s3://BUCKET/PREFIX` and `tar:s3://BUCKET/PREFIX`.
 * @throws RangeError for anything else
 */
export function sinkPlace(where: string): SinkPlace {
  const [, tar, rest = ''] = /^(tar:)?(.*)$/s.exec(where) ?? [];
  const spelled = rest.length > 1 ? rest.replace(/\/+$/, '') || '/' : rest;
  // Paths begin with the location, and are compared with it.
  const location = isS3(spelled) ? spelled.replace(/^s3:/i, 's3:') : spelled;
  const kind = tar === undefined ? 'objects' : 'tar';
  if (isS3(location)) {
    parseS3Location(location);
    return { kind, location, directory: undefined };
  }
  if (kind === 'tar' && location !== '' && !OTHER_PLACE.test(location))
    return { kind, location, directory: location };
  throw new RangeError(
    `sink must be tar:DIR, s3://BUCKET/PREFIX or tar:s3://BUCKET/PREFIX, not ${withoutCredentials(where)}`,
  );
}

/** A URL that is not one of S3, or a mistyped one: a directory of that name is not meant. */
const OTHER_PLACE = /^[a-z][a-z0-9+.-]+:\//i;

/** Options of {@link openSink}. */
export interface SinkOptions
  extends Pick<
      DirectorySinkOptions,
      | 'template'
      | 'useContentDisposition'
      | 'parts'
      | 'digest'
      | 'durable'
      | 'fileTimes'
      | 'contents'
    >,
    Pick<ObjectSinkOptions, 'onCollision' | 'recordedAt' | 'isOfAnother'>,
    Pick<TarSinkOptions, 'shardSize' | 'shardBytes' | 'captionColumn' | 'journal'>,
    Pick<StorageOptions, 's3'> {
  /** Whether every file may be replaced. @default false */
  readonly replaceExisting?: unknown;
  /** The directory of the run, which temporary files are in when parts are not kept. */
  readonly directory: string;
}

/**
 * Opens the sink that a string names: see {@link sinkPlace}. What it needs is loaded only now.
 * @throws RangeError for `where`; BrokenRunError when the place cannot be used
 */
export async function openSink(
  where: string,
  options: SinkOptions,
): Promise<Sink & AsyncDisposable> {
  const { kind, location } = sinkPlace(where);
  const { directory, parts, digest = false, durable = false, fileTimes = true } = options;
  const staging = await stagingIn(directory, parts, { digest, durable, fileTimes });
  const temporaryPath = () => staging.temporaryPath();
  if (kind === 'objects') {
    const { template = compileTemplate(), useContentDisposition = false } = options;
    const { onCollision, recordedAt, isOfAnother, s3, contents } = options;
    const replaceExisting = options.replaceExisting === true;
    const [{ openS3 }, { ObjectSink }] = await Promise.all([
      import('../../storage/s3-storage.ts'),
      import('./object-sink.ts'),
    ]);
    const naming = { template, useContentDisposition };
    const rules = { onCollision, replaceExisting, recordedAt, isOfAnother, contents };
    return new ObjectSink(await openS3(location, s3), staging, { ...naming, ...rules });
  }
  const storage = await openStorage(location, { temporaryPath, durable, s3: options.s3 });
  const { TarSink } = await import('../shards/tar-sink.ts');
  return await TarSink.open(storage, staging, options);
}

/**
 * What {@link Sink.isSaved} of the sink would say now, without opening it: nothing is written. No server is
 * asked: what the ledger has in S3 is taken to be there.
 * @throws RangeError for `where`; BrokenRunError when the place cannot be read
 */
export async function savedIn(where: string): Promise<NonNullable<Sink['isSaved']>> {
  const { location } = sinkPlace(where);
  if (isS3(location)) return () => true;
  await using storage = await openStorage(location);
  const { savedInShards } = await import('../shards/published-shards.ts');
  return await savedInShards(storage);
}

/** @throws BrokenRunError */
async function stagingIn(
  directory: string,
  parts: string | undefined,
  options: SavingOptions,
): Promise<StagingArea> {
  try {
    await makeDirectories(directory);
    return await StagingArea.open(directory, parts, options);
  } catch (cause) {
    throw new BrokenRunError(`cannot write to the directory ${directory}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
