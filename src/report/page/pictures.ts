import { isDone } from '../../model/outcome.ts';
import { IMAGE_HEAD, imageType } from './image-type.ts';
import type { Picture, RowColumns } from './page-data.ts';

/** A file of the run, opened to be looked at. */
export interface LookedAt extends AsyncDisposable {
  /** In bytes. */
  readonly size: number;
  /** Its first bytes, as many as there are of `length`. */
  read(length: number): Promise<Uint8Array>;
}

/** How much of a report pictures may be. */
export interface PictureBounds {
  readonly count: number;
  /** Of a file, and of all of them together, in bytes. */
  readonly each: number;
  readonly together: number;
  /** Files that are opened to see whether they are pictures. */
  readonly tries: number;
}

const BOUNDS: PictureBounds = {
  count: 400,
  each: 256 * 1024,
  together: 8 * 1024 * 1024,
  tries: 5_000,
};

/** Names that pictures usually have: those files are read first. */
const LIKELY = /\.(?:gif|png|jpe?g|webp|avif|bmp|ico|svg)$/i;

/**
 * The pictures among the rows' files, as `data:` URLs.
 * @param open opens the file at a path of the rows; undefined when it is not there, or not the run's
 */
export async function* picturesOf(
  { path, bytes, status }: Pick<RowColumns, 'path' | 'bytes' | 'status'>,
  open: (path: string) => Promise<LookedAt | undefined>,
  bounds: PictureBounds = BOUNDS,
): AsyncGenerator<Picture, void, undefined> {
  let [count, together, tries] = [0, 0, 0];
  for (const row of candidates()) {
    if (count >= bounds.count || tries >= bounds.tries) return;
    if (together + (bytes[row] ?? 0) > bounds.together) continue;
    tries++;
    await using file = await open(path[row] ?? '');
    // The file may have been replaced since it was recorded.
    if (file === undefined || file.size > bounds.each) continue;
    if (together + file.size > bounds.together) continue;
    const type = imageType(await file.read(IMAGE_HEAD));
    if (type === undefined) continue;
    count++;
    together += file.size;
    const contents = Buffer.from(await file.read(file.size)).toString('base64');
    yield { row, src: `data:${type};base64,${contents}` };
  }

  /** Rows whose file is short enough: those with the name of a picture, then the others. */
  function* candidates(): Generator<number, void> {
    for (const isLikely of [true, false]) {
      for (let row = 0; row < path.length; row++) {
        const name = path[row] ?? '';
        const fits =
          isDone(status[row] ?? 'failed') && name !== '' && (bytes[row] ?? 0) <= bounds.each;
        if (fits && LIKELY.test(name) === isLikely) yield row;
      }
    }
  }
}
