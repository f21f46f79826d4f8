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
  // Browsers ask for /favicon.ico otherwise.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  // The API of flaghoist/concurrency is one page of half a megabyte.
  vite: { build: { chunkSizeWarningLimit: 1000 } },
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
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            // Guides before the many entries of the API that have a word in their name.
            boostDocument: (id: string) => (id.includes('/reference/api/') ? 0.2 : 1),
          },
        },
      },
    },
    docFooter: { prev: false, next: false },
  },
});
