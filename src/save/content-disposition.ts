import { parse } from 'content-disposition';
import { safeName } from './naming.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: the bytes that a header may bring as they are
const BYTES = /^[\u0000-\u00ff]*[\u0080-\u00ff][\u0000-\u00ff]*$/;

/**
 * The file name in a Content-Disposition header (RFC 6266), made safe; undefined when there is none.
 * Only what follows its last slash or backslash counts: the directory is ours to choose. What
 * servers get wrong and browsers put up with is put up with here.
 */
export function parseContentDisposition(header: string): string | undefined {
  const { type, parameters } = parse(header);
  // `filename=a.gif` alone: the type was forgotten.
  const { filename } = type.includes('=') ? parse(`attachment; ${header}`).parameters : parameters;
  const name = filename && asUtf8(filename).split(/[/\\]/).at(-1)?.trim();
  return name === undefined || /^\.*$/.test(name) ? undefined : safeName(name);
}

/** Many servers send UTF-8 as it is, which a header's bytes are not taken for. */
function asUtf8(text: string): string {
  if (!BYTES.test(text)) return text;
  try {
    return UTF8.decode(Buffer.from(text, 'latin1'));
  } catch (error) {
    if (error instanceof TypeError) return text;
    throw error;
  }
}
