// npm run docs: builds the documentation site in build/docs. With `-- --serve` it is served after that,
// with `-- --watch` the pages are served as they are, and their changes followed.
import { parseArgs } from 'node:util';
import { writeApiPages } from './api-pages.ts';
import { buildSite, serveSite, watchPages } from './site.ts';

const { values } = parseArgs({
  options: { serve: { type: 'boolean' }, watch: { type: 'boolean' } },
});
await writeApiPages();
if (values.watch) {
  await watchPages();
} else {
  await buildSite();
  if (values.serve) await serveSite();
  else console.log('build/docs has the site; npm run docs -- --serve shows it');
}
