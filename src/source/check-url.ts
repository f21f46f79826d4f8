import { withoutCredentials } from '../model/without-credentials.ts';
import { BadValue } from './bad-value.ts';
import { quoted } from './visible.ts';

/** What most URLs look like: nothing in it that needs a second look. */
const PLAIN = /^https?:\/\/[!-~]+$/;

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
const CONTROL = /\p{Cc}/u;
/** One space is enough: of several before it, each would be looked at from each. */
const SECOND_URL = /\shttps?:\/\//i;

/**
 * Makes sure that `text` is a URL that can be asked for.
 * @throws BadValue when it is none, or its scheme is not http or https
 */
export function checkUrl(text: string): void {
  if (PLAIN.test(text) && URL.canParse(text)) return;
  const shown = quoted(withoutCredentials(text));
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  // Without a `//` it is as likely a host and its port.
  if (scheme === undefined || (!/^https?$/.test(scheme) && !text.includes('://'))) {
    throw new BadValue(`${shown} is not a URL: it does not begin with http:// or https://`);
  }
  if (!/^https?$/.test(scheme)) {
    throw new BadValue(
      `the scheme "${scheme}" of ${shown} is not supported: only http and https are`,
    );
  }
  // The URL standard drops tabs and line ends without a word: two URLs would become one.
  const control = text.search(CONTROL);
  if (control >= 0) throw new BadValue(`a control character in the URL ${shown}`, control);
  const second = text.search(SECOND_URL);
  if (second >= 0) throw new BadValue(`more than one URL: ${shown}`, second + 1);
  if (!URL.canParse(text)) throw new BadValue(`${shown} is not a URL`);
}
