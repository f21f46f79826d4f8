/** What a URL's authority ends at, in any text: these characters are never part of it. */
const PIECE = /[^\s/\\?#]+/g;

/** `http:` without slashes begins a URL, too. */
const SCHEME = /https?:/gi;

/** What may stand before credentials and is no part of them. */
const OPENING = /^["'`<([{=,;|]*/;
/** Where a text begins, or what a URL may come after. */
const BEFORE_URL = /^$|[\s"'`<([{=,;|:]$/;

/** An address, and no password. */
const MAIL = /^mailto:[^:]*$/i;

/**
 * `text` without the names and passwords in it, wherever they stand: before the host of a URL
 * (`http://u:p@h`, `http:/u:p@h`, `//u:p@h`), or before an `@` without any scheme (`u:p@h/f`). Mail
 * addresses and an `@` in a URL's path are left alone. Takes linear time.
 */
export function maskCredentials(text: string): string {
  if (!text.includes('@')) return text;
  return text.replace(PIECE, (piece, offset: number) => {
    const at = piece.lastIndexOf('@');
    if (at < 0) return piece;
    const kept = keptOf(piece.slice(0, at), text, offset);
    return kept === undefined ? piece : kept + piece.slice(at + 1);
  });
}

/**
 * What stays of the part of a piece that is before its `@`.
 * @param offset where in `text` the piece begins
 * @returns undefined when there are no credentials in it
 */
function keptOf(part: string, text: string, offset: number): string | undefined {
  const opening = OPENING.exec(part)?.[0] ?? '';
  const scheme = part.match(SCHEME)?.at(-1);
  if (scheme !== undefined) return opening + scheme;
  let slashes = offset;
  while (slashes > 0 && /[\\/]/.test(text[slashes - 1] ?? '')) slashes--;
  if (slashes < offset) {
    const before = text.slice(Math.max(0, slashes - 'https:'.length), slashes);
    const beginsAuthority = offset - slashes === 2 && BEFORE_URL.test(before);
    return beginsAuthority || /https?:$/i.test(before) ? '' : undefined;
  }
  const userinfo = part.slice(opening.length);
  // In a path or a query, `a:b@c` is no password.
  const standsAlone = offset === 0 || /\s/.test(text[offset - 1] ?? '');
  return standsAlone && userinfo.includes(':') && !MAIL.test(userinfo) ? opening : undefined;
}
