/** The five named entities of XML. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * The texts of all elements called `tag`, in their order. The answers of S3 are flat: elements of one name
 * are never within each other, and have no CDATA, so no parser is needed.
 *
 * @example
 * textsOf('<Error><Code>SlowDown</Code></Error>', 'Code'); // ['SlowDown']
 * @returns what is between the tags, with its inner elements as they are; see {@link decoded}
 */
export function elementsOf(xml: string, tag: string): string[] {
  const found: string[] = [];
  const [open, close] = [`<${tag}`, `</${tag}>`];
  for (let at = xml.indexOf(open); at >= 0; at = xml.indexOf(open, at)) {
    const head = xml.indexOf('>', at);
    if (head < 0) break;
    at += open.length;
    // `<Key` is also the beginning of `<KeyCount>`.
    if (!/[\s/>]/.test(xml.charAt(at))) continue;
    if (xml.charAt(head - 1) === '/') {
      found.push('');
      continue;
    }
    const end = xml.indexOf(close, head);
    if (end < 0) break;
    found.push(xml.slice(head + 1, end));
    at = end;
  }
  return found;
}

/** The text of the first element called `tag`; undefined if there is none. */
export function textOf(xml: string, tag: string): string | undefined {
  const [first] = elementsOf(xml, tag);
  return first === undefined ? undefined : decoded(first);
}

/** A text with its entities replaced by what they stand for. */
function decoded(text: string): string {
  return text.trim().replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** A text as the content of an element. */
export function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) =>
    sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : '&gt;',
  );
}
