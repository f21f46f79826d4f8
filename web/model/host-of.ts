/** What is a URL of the web, as far as a list says. */
const WEB = /^https?:\/\//i;

/** Whether a row of a list has a URL to download: it may have anything else in its place. */
export function isWebUrl(url: string): boolean {
  return WEB.test(url);
}

/**
 * The host of a URL with its port, in lower case; '' for what is not http or https. It is what `host`
 * means in a condition of `--where`, so that a command which is copied selects what is seen here.
 */
export function hostOf(url: string): string {
  if (!isWebUrl(url)) return '';
  const from = url.indexOf('://') + 3;
  let end = from;
  while (end < url.length && !ENDS.has(url.charCodeAt(end))) end++;
  return lowerAscii(url.slice(from, end));
}

const ENDS = new Set(['/', '?', '#'].map((char) => char.charCodeAt(0)));

/** As SQLite's lower() and LIKE take letters for the same: those of ASCII only. */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
