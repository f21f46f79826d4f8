import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { licensesOf } from '../bundle/licenses.ts';
import { bundleScript } from './bundle-script.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { readStyles } from './read-styles.ts';

const WEB = join(import.meta.dirname, '..', '..', 'web');

/** The place in the page for its data. */
export const PLACEHOLDER = '<script type="application/json" id="page-data"></script>';

/**
 * Builds the page.
 * @returns its HTML, complete but for its data
 * @throws Error if a mark is missing from its template, or the bundler reports a problem
 */
export async function buildPage(): Promise<string> {
  const [template, styles, { code, modules }] = await Promise.all([
    readFile(join(WEB, 'index.html'), 'utf8'),
    readStyles(WEB),
    bundleScript(join(WEB, 'main.tsx')),
  ]);
  const script = `${notice(await licensesOf(modules))}${code}`;
  const policy = contentSecurityPolicy({ script, styles });
  const page = put(template.replaceAll(/^ +/gm, ''), {
    '<!-- csp -->': `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    '/* styles */': styles,
    '/* script */': script,
  });
  if (page.split(PLACEHOLDER).length !== 2) {
    throw new Error(`there must be exactly one ${PLACEHOLDER}`);
  }
  return page;
}

/** Replaces each mark, which must occur exactly once, by its text. */
function put(template: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((page, [mark, text]) => {
    const [before, after, ...more] = page.split(mark);
    if (after === undefined || more.length > 0)
      throw new Error(`the template has to have exactly one ${mark}`);
    return `${before}${text}${after}`;
  }, template);
}

/** A comment with the licenses of the packages in the script. */
function notice(licenses: string): string {
  return `/*!\n${licenses.replaceAll('*/', '* /')}*/\n`;
}
