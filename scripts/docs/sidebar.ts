import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { pageOf } from './site-links.ts';

interface SidebarGroup {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** Written by api-pages.ts. */
const API = ['flaghoist', 'flaghoist/concurrency', 'flaghoist/faults'].map((name) => ({
  text: `API of ${name}`,
  link: `/reference/api/${name}`,
}));

/** The groups and pages of the site's sidebar: the headings and links of docs/index.md. */
export async function sidebarOf(checkout: string): Promise<SidebarGroup[]> {
  const index = await readFile(`${checkout}docs/index.md`, 'utf8');
  const [, ...sections] = index.split(/^## /m);
  return sections.map((section) => {
    const text = section.slice(0, section.indexOf('\n'));
    const links = [...section.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)];
    const items = links.map(([, title = '', link = '']) => ({
      text: title.replaceAll('`', ''),
      link: `/${pageOf(posix.join('docs', link))}`,
    }));
    return { text, items: text === 'Reference' ? [...items, ...API] : items };
  });
}
