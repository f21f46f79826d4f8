import { isDone } from '../../src/model/outcome.ts';
import { printable } from '../../src/model/safe-text.ts';
import type { Picture } from '../../src/report/page/page-data.ts';
import { flagName } from './flag-name.ts';
import type { Rows } from './row-store.ts';

/** A picture to be shown, and what it is called. */
export interface ShownPicture extends Picture {
  readonly caption: string;
}

const PICTURE = /\.(?:gif|png|jpe?g|webp|avif|svg)$/i;

/**
 * Whether a row's file is there, and a picture by its name. A report goes by what is in the files: it may
 * have others, too.
 */
export function isPicture(rows: Rows, place: number): boolean {
  const status = rows.status[place];
  return status !== undefined && isDone(status) && PICTURE.test(rows.path[place] ?? '');
}

/** The pictures that there are of the rows at `places`, in their order. */
export function picturesAmong(
  rows: Rows,
  places: Uint32Array,
  srcOf: (place: number) => string | undefined,
): ShownPicture[] {
  const shown: ShownPicture[] = [];
  for (const row of places) {
    const src = srcOf(row);
    if (src !== undefined) shown.push({ row, src, caption: captionOf(rows, row) });
  }
  return shown;
}

/** A country's name for its flag, the file's name otherwise. */
function captionOf(rows: Rows, place: number): string {
  const path = rows.path[place] ?? '';
  return flagName(rows.url[place] ?? '') ?? printable(path.slice(path.lastIndexOf('/') + 1));
}
