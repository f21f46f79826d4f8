/** Where a plan keeps its row shards and its files, within its sink. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Plan } from './plans.ts';

/** A sink whose files are members of tar shards. */
const TAR = 'tar:';

/** A sink that is no directory: `s3://…`. */
const URL_LIKE = /^[a-z][a-z0-9+.-]*:\/\//i;

/** The sink as a plan keeps it: directories as absolute paths, since workers start anywhere. */
export function absoluteSink(sink: string): string {
  const { kind, place } = parts(sink);
  return kind + (URL_LIKE.test(place) ? place.replace(/\/+$/, '') : resolve(place));
}

/** The directory or the bucket in which a sink keeps its files, for `openStorage`. */
export function storageOf(sink: string): string {
  return parts(sink).place;
}

/** The name of a row shard in the storage. */
export function shardName({ name }: Pick<Plan, 'name'>, shard: number): string {
  return `${name}/rows/${numbered(shard)}.jsonl.gz`;
}

/** The folder of an attempt's files in the storage, with a slash at its end. */
export function attemptFolder(
  { name }: Pick<Plan, 'name'>,
  shard: number,
  attempt: string,
): string {
  return `${shardFolder({ name }, shard)}${attempt}/`;
}

/** The folder of all attempts at a shard, with a slash at its end. */
export function shardFolder({ name }: Pick<Plan, 'name'>, shard: number): string {
  return `${name}/${numbered(shard)}/`;
}

/** The sink of an attempt: that of its plan, in the attempt's folder. */
export function attemptSink(sink: string, folder: string): string {
  return `${sink}/${folder.slice(0, -1)}`;
}

/** Whether files are written to a directory as they are. */
export function isDirectory(sink: string): boolean {
  const { kind, place } = parts(sink);
  return kind === '' && !URL_LIKE.test(place);
}

/** A path as a record keeps it: relative to the plan's sink, with slashes. */
export function recordedPath(path: string, { sink, folder }: { sink: string; folder: string }) {
  const place = storageOf(sink);
  if (isAbsolute(path)) return relative(place, path).replaceAll(sep, '/');
  if (path.startsWith(`${place}/`)) return path.slice(place.length + 1);
  return `${folder}${path.replaceAll(sep, '/')}`;
}

/** Where a record's file is, for its reader. */
export function shownPath(sink: string, path: string): string {
  const { place } = parts(sink);
  return URL_LIKE.test(place) ? `${place}/${path}` : relativeOrAbsolute(place, path);
}

function relativeOrAbsolute(directory: string, path: string): string {
  const whole = resolve(directory, path);
  const within = relative(process.cwd(), whole);
  return within.startsWith('..') ? whole : within;
}

function parts(sink: string): { readonly kind: '' | typeof TAR; readonly place: string } {
  return sink.startsWith(TAR)
    ? { kind: TAR, place: sink.slice(TAR.length) }
    : { kind: '', place: sink };
}

/** Sorts by number up to a million shards; more are only longer. */
function numbered(shard: number): string {
  return String(shard).padStart(6, '0');
}
