import { BadValue } from '../bad-value.ts';
import { quoted } from '../visible.ts';

/** Which columns of a table mean what, by their headings. */
export interface ColumnOptions {
  /** Default: the one called `url`, or the like; else the only one. */
  readonly urlColumn?: string | undefined;
  /** The file's name. Default: none. */
  readonly nameColumn?: string | undefined;
  /** What the file is checked against. Default: none. */
  readonly checksumColumn?: string | undefined;
}

/** The same, decided. */
export interface TableColumns {
  readonly url: string;
  readonly name: string | undefined;
  readonly checksum: string | undefined;
}

/** What a column of URLs is called, the likeliest first; case does not matter. */
const URL_HEADINGS = ['url', 'uri', 'link', 'href', 'download_url', 'image_url', 'file_url'];

/**
 * Finds the columns among the `headings` there are.
 * @throws BadValue that names them, when one asked for is missing, or none can be told to be the
 * URL's
 */
export function tableColumns(headings: readonly string[], options: ColumnOptions): TableColumns {
  const { urlColumn, nameColumn, checksumColumn } = options;
  for (const asked of [urlColumn, nameColumn, checksumColumn]) {
    if (asked !== undefined) checkColumn(asked, headings);
  }
  const url = urlColumn ?? urlColumnOf(headings);
  if (url === undefined) {
    throw new BadValue(`which column has the URLs? None is called url; ${namesOf(headings)}`);
  }
  return { url, name: nameColumn, checksum: checksumColumn };
}

/** The column whose heading says that it has URLs, or the only one. */
function urlColumnOf(headings: readonly string[]): string | undefined {
  for (const likely of URL_HEADINGS) {
    const found = headings.find((heading) => heading.toLowerCase() === likely);
    if (found !== undefined) return found;
  }
  return headings.length === 1 ? headings[0] : undefined;
}

function checkColumn(asked: string, headings: readonly string[]): void {
  const count = headings.filter((heading) => heading === asked).length;
  if (count === 1) return;
  const what = count === 0 ? 'there is no column' : 'there is more than one column';
  throw new BadValue(`${what} ${quoted(asked)}; ${namesOf(headings)}`);
}

/** At most so many columns are named in a message. */
const NAMED = 20;

function namesOf(headings: readonly string[]): string {
  const names = headings.slice(0, NAMED).map(quoted).join(', ');
  return `the columns are ${names}${headings.length > NAMED ? ', …' : ''}`;
}
