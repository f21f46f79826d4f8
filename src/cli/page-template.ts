import { readFileSync } from 'node:fs';
import { BrokenRunError } from '../model/broken-run-error.ts';

/** As deep below the package as below a checkout: this holds for the sources and for the build. */
const PAGE = new URL('../../dist/page.html', import.meta.url);

/**
 * The page as it is built, without data.
 * @param place a test has one of its own
 * @throws BrokenRunError when it is not there
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
