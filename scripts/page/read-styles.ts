import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** In this order, as later rules override earlier ones. */
const SHEETS = [
  ...['tokens', 'base', 'marks', 'masthead', 'totals', 'failures', 'charts', 'filter'],
  ...['waterfall', 'rows', 'compare'],
];

/** The style sheet of the package that draws the charts. */
const CHARTS = new URL('../../node_modules/uplot/dist/uPlot.min.css', import.meta.url);

/** All style sheets as one, without comments and indentation. */
export async function readStyles(web: string): Promise<string> {
  const paths = [CHARTS, ...SHEETS.map((name) => join(web, 'styles', `${name}.css`))];
  const sheets = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return sheets.map(smaller).join('\n');
}

function smaller(css: string): string {
  return css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s*\n\s*/g, '\n')
    .replaceAll(/\n?([{;,])\n/g, '$1')
    .replaceAll(/;?\n?}/g, '}')
    .trim();
}
