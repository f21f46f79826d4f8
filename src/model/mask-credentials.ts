/** A run of characters that may be the authority of a URL, in any text. */
const PIECE = /[^\s/\\?#]+/g;

/** A URL may also begin with `http:` without slashes. */
const SCHEME = /https?:/gi;

/** Quotes and brackets that may stand before credentials. */
const OPENING = /^["'`<([{=,;|]*/;
/** The start of a text, or a character that a URL may follow. */
const BEFORE_URL = /^$|[\s"'`<([{=,;|:]$/;

/** An e-mail address has no password. */
const MAIL = /^mailto:[^:]*$/i;

/**
 * Removes users and passwords from `text`: before the host of a URL (`http://u:p@h`, `http:/u:p@h`,
 * `//u:p@h`), or before an `@` without a scheme (`u:p@h/f`). E-mail addresses and an `@` in the path of a
 * URL stay. Takes linear time.
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
 * What stays of the part of a piece before its `@`.
 * @param offset where in `text` the piece begins
 * @returns undefined when the part has no credentials
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
