// The page with what the real command says: live while it runs, and as a report of what it leaves.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import countries from '../../assets/flags/countries.json' with { type: 'json' };
import { findFlag } from '../../src/server/flag-store.ts';
import { ended, type Running, runFlaghoist, startFlaghoist } from '../cli/run-flaghoist.ts';
import { browserTest, openPage } from '../support/browser.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serveHttp } from '../support/tiny-server.ts';

/** Of a resource whose server is gone. What the page's policy refuses is called otherwise. */
const NOT_LOADED = 'Failed to load resource: net::ERR_';

const ROWS = Object.keys(countries).length + 1;

browserTest(
  'LivePage: adds up when the run is over, and is the same as its report',
  async (t, browser) => {
    const directory = await temporaryDirectory(t);
    let release = () => {};
    const isWatched = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    const site = await serveHttp(t, async (request, response) => {
      // Some are answered before anybody watches, the others once it was reloaded.
      if (asked++ >= 50) await isWatched;
      const [, code] = /\/(\w\w)\.gif$/.exec(request.url ?? '') ?? [];
      const flag = findFlag(code ?? '');
      response.writeHead(flag === undefined ? 404 : 200, { 'content-type': 'image/gif' });
      response.end(flag?.gif);
    });
    const codes = [...Object.keys(countries), 'ZZ'].map((code) => code.toLowerCase());
    const urls = codes.map((code) => `${site.url}/${code}/${code}.gif`);
    const child = startFlaghoist('get', ...urls, '-d', directory, '-m', '10', '--dashboard', '-q');
    const end = ended(child);
    const { page, problems } = await openPage(t, browser);
    await page.goto(await addressOf(child));
    await page.getByText('50 ok = 50 files').waitFor();
    await page.reload();
    await page.getByText('50 ok = 50 files').waitFor();
    release();
    await page
      .getByText(`The run is over: ${ROWS - 1} of ${ROWS} files are there, 1 was not found.`)
      .waitFor();
    assert.equal((await end).code, 1);
    await addsUp(page);

    const report = join(await temporaryDirectory(t), 'run.html');
    const { code } = await runFlaghoist('report', directory, '--format', 'html', '-o', report);
    assert.equal(code, 0);
    await page.goto(pathToFileURL(report).href);
    await addsUp(page);
    const brazil = page.getByRole('figure', { name: 'Brazil' }).locator('img');
    await brazil.scrollIntoViewIfNeeded();
    await brazil.evaluate((image: HTMLImageElement) => image.decode());
    await page.getByRole('button', { name: 'Show the file with http-404' }).click();
    await page.locator('[role=grid][aria-rowcount="2"]').waitFor();
    const command = await page.getByLabel(/^Try .* again:$/).inputValue();
    assert.match(command, /--where 'status = not-found and reason = http-404'$/);
    // The run's server may be gone before the last pictures were asked for; the report has them.
    assert.deepEqual(
      problems.filter((problem) => !problem.startsWith(NOT_LOADED)),
      [],
    );
  },
);

async function addsUp(page: Page): Promise<void> {
  await page.getByText(`${ROWS - 1} ok + 1 not found = ${ROWS} files`).waitFor();
  await page.locator(`[role=grid][aria-rowcount="${ROWS + 1}"]`).waitFor();
}

/** Where a command says that it can be watched. */
async function addressOf({ stderr }: Running): Promise<string> {
  for await (const line of createInterface(stderr)) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('it did not say where');
}
