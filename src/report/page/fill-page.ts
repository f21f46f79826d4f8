/** Where the page has its data: empty in the page as it is built. */
const PLACE = '<script type="application/json" id="page-data"></script>';
const [OPENING = '', CLOSING = ''] = PLACE.split(/(?=<\/)/);

/** What would end the script within it, or a line of it. */
const SPECIAL = /[<\u2028\u2029]/g;

/**
 * The page with its data, in pieces: a report of 100,000 rows need not fit into one string.
 * @param page as it is built
 * @param json of a PageData, in pieces of any length
 * @throws Error when the page has no place for data, or several
 */
export async function* fillPage(
  page: string,
  json: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string, void, undefined> {
  const [before = '', after, ...more] = page.split(PLACE);
  if (after === undefined || more.length > 0) {
    throw new Error(`the page has not exactly one ${PLACE}`);
  }
  yield `${before}${OPENING}`;
  for await (const piece of json) yield piece.replace(SPECIAL, escaped);
  yield `${CLOSING}${after}`;
}

/** As JSON has any character. All of them stand in strings. */
function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
