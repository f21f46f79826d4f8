import { type Case, MATRIX } from './matrix.ts';

const BEGIN = '<!-- The matrix: written by npm run docs:faults. -->';
const END = '<!-- The end of the matrix. -->';

/** `text` with the matrix between its two marks. */
export function withTable(text: string): string {
  const [before = '', rest = ''] = text.split(BEGIN);
  const [, after = ''] = rest.split(END);
  return `${before}${BEGIN}\n${table()}${END}${after}`;
}

function table(): string {
  const rows = MATRIX.map((one) => [
    `\`${one.fault}\``,
    circumstances(one),
    shown(one.get),
    shown(one.retry),
    shown(one.resume),
  ]);
  const head = [
    ['Fault', 'With', 'get', 'retry', 'resume'],
    ['---', '---', '---', '---', '---'],
  ];
  return [...head, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function circumstances({ options = [], checksum, taken }: Case): string {
  const all = [
    ...(options.length > 0 ? [`\`${options.join(' ')}\``] : []),
    ...(checksum ? ['a checksum'] : []),
    ...(taken ? ['no checksum'] : []),
  ];
  return all.join(', ');
}

function shown(ending: string): string {
  const [status, reason] = ending.split(': ');
  return reason === undefined ? ending : `${status}: \`${reason}\``;
}
