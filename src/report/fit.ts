import stringWidth from 'string-width';

const CHARACTERS = new Intl.Segmenter();

/** How many columns of a terminal `text` takes. */
export const widthOf = (text: string): number => stringWidth(text);

/** `text`, with its end cut off where it is wider than `columns`. */
export function fitted(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return columns < 1 ? '' : `${beginning(text, columns - 1)}…`;
}

/** A file name in so many columns: its middle is left out, as its end says what kind of file it is. */
export function fittedName(name: string, columns: number): string {
  if (widthOf(name) <= columns) return name;
  const end = Math.floor((columns - 1) / 3);
  if (end < 1) return fitted(name, columns);
  const reversed = [...CHARACTERS.segment(name)].map(({ segment }) => segment).reverse();
  const tail = taken(reversed, end).reverse().join('');
  return `${beginning(name, columns - 1 - widthOf(tail))}…${tail}`;
}

/** `text` with spaces after it, up to so many columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

function beginning(text: string, columns: number): string {
  return taken(
    Array.from(CHARACTERS.segment(text), ({ segment }) => segment),
    columns,
  ).join('');
}

/** The first characters that fit into so many columns. */
function taken(characters: readonly string[], columns: number): string[] {
  let width = 0;
  const fits = characters.findIndex((character) => {
    width += widthOf(character);
    return width > columns;
  });
  return fits < 0 ? [...characters] : characters.slice(0, fits);
}
