import { withoutCredentials } from '../model/without-credentials.ts';
import { BadValue, quoted } from './bad-value.ts';

/** Most URLs match this, and need no further check but that they can be parsed. */
const PLAIN = /^https?:\/\/[!-~]+$/;

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
const CONTROL = /\p{Cc}/u;
/** With one space, not several: `\s+` would be tried from each space of a long run. */
const SECOND_URL = /\shttps?:\/\//i;

/** A remark after a URL: ` # the cover`. A `#` within a URL has no spaces around it. */
const COMMENT = /\s+#(?:\s.*)?$/s;

/** A URL as a list has it, without the remark after it. */
export function withoutComment(text: string): string {
  return text.includes('#') ? text.replace(COMMENT, '') : text;
}

/**
 * Checks that `text` is a URL that can be downloaded.
 * @throws BadValue if it is no URL, or its scheme is not http or https
 */
export function checkUrl(text: string): void {
  if (PLAIN.test(text) && URL.canParse(text)) return;
  const shown = quoted(withoutCredentials(text));
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  // Without `//`, the part before the colon is as likely a host before its port.
  if (scheme === undefined || (!/^https?$/.test(scheme) && !text.includes('://'))) {
    throw new BadValue(`${shown} is not a URL: it does not begin with http:// or https://`);
  }
  if (!/^https?$/.test(scheme)) {
    throw new BadValue(
      `the scheme "${scheme}" of ${shown} is not supported: only http and https are`,
    );
  }
  // The URL standard drops tabs and line ends: two URLs would silently become one.
  const control = text.search(CONTROL);
  if (control >= 0) throw new BadValue(`a control character in the URL ${shown}`, control);
  const second = text.search(SECOND_URL);
  if (second >= 0) throw new BadValue(`more than one URL: ${shown}`, second + 1);
  if (!URL.canParse(text)) throw new BadValue(`${shown} is not a URL`);
}
