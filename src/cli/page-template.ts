import { readFileSync } from 'node:fs';
import { BrokenRunError } from '../model/broken-run-error.ts';

/** Holds from src/cli in a checkout and from dist/command in the package: both are two levels deep. */
const PAGE = new URL('../../dist/page.html', import.meta.url);

/**
 * Reads the page that shows runs, still without data.
 * @param place a test passes its own
 * @throws BrokenRunError when the page was not built
 */
export function pageTemplate(place: URL | string = PAGE): string {
  try {
    return readFileSync(place, 'utf8');
  } catch (cause) {
    throw new BrokenRunError(
      'the page that shows runs is missing: in a checkout, `npm run build:page` makes it; else install flaghoist again',
      { cause },
    );
  }
}
