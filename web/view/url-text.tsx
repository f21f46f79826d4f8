import { printable } from '../../src/model/safe-text.ts';

/** URLs differ at their ends: so many characters of it are always shown. */
const TAIL = 24;

/** A URL in one line. Where it does not fit, its middle is left out. */
export function UrlText({ url }: { readonly url: string }) {
  const text = printable(url);
  const at = tailOf(text);
  return (
    <span class="url-text">
      <span class="url-head">{text.slice(0, at)}</span>
      <span>{text.slice(at)}</span>
    </span>
  );
}

/** Where the end begins: not within a character of two units. */
function tailOf(text: string): number {
  const at = Math.max(text.length - TAIL, 0);
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at - 1 : at;
}
