import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { licensesOf } from '../bundle/licenses.ts';
import { bundleScript } from './bundle-script.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { readStyles } from './read-styles.ts';

const WEB = join(import.meta.dirname, '..', '..', 'web');

/** Where whoever fills the page puts what it shows. */
export const PLACEHOLDER = '<script type="application/json" id="page-data"></script>';

/**
 * @returns the page, with everything in it but what it shows
 * @throws Error when something in its sources is not as it has to be
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
    throw new Error(`the page has to have exactly one ${PLACEHOLDER}`);
  }
  return page;
}

/** Puts each part where its mark stands. */
function put(template: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((page, [mark, text]) => {
    const [before, after, ...more] = page.split(mark);
    if (after === undefined || more.length > 0) throw new Error(`one ${mark} is wanted`);
    return `${before}${text}${after}`;
  }, template);
}

/** The licenses of the packages that are in the script, which have to go with them. */
function notice(licenses: string): string {
  return `/*!\n${licenses.replaceAll('*/', '* /')}*/\n`;
}
