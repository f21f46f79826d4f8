/**
 * The host of a URL with its port, in lower case: what `host` means in a condition of `--where`, so
 * that a command which is copied selects what is seen here.
 */
export function hostOf(url: string): string {
  const scheme = url.indexOf('://');
  const from = scheme < 0 ? 2 : scheme + 3;
  let end = from;
  while (end < url.length && !ENDS.has(url.charCodeAt(end))) end++;
  return lowerAscii(url.slice(from, end));
}

const ENDS = new Set(['/', '?', '#'].map((char) => char.charCodeAt(0)));

/** As SQLite's lower() and LIKE take letters for the same: those of ASCII only. */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}
