// The documentation site. Its pages are those of docs/, and three that stand in the checkout's root.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { slugOf } from '../../reference/slug.ts';
import { sidebarOf } from '../sidebar.ts';
import { pageOf, siteLinks } from '../site-links.ts';

const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));

export default defineConfig({
  title: 'flaghoist',
  description: 'Download many files at once, and account for every one.',
  srcDir: CHECKOUT,
  srcExclude: ['README.md', '{assets,build,examples,node_modules,scripts,src,test,web}/**'],
  outDir: `${CHECKOUT}build/docs`,
  cacheDir: `${CHECKOUT}build/docs-cache`,
  rewrites: (page) => pageOf(page),
  cleanUrls: false,
  // Links to pages that are not there end the build.
  ignoreDeadLinks: false,
  markdown: {
    // Links to a heading are to work on the site and in the checkout.
    anchor: { slugify: slugOf },
    config: (md) => md.use(siteLinks, CHECKOUT),
  },
  themeConfig: {
    sidebar: await sidebarOf(CHECKOUT),
    outline: [2, 3],
    search: { provider: 'local' },
    docFooter: { prev: false, next: false },
  },
});
