// What axe-core finds, in light and dark, at a desk and on a phone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage, testsInBrowser } from '../support/browser.ts';
import { fixtureRow } from './fixtures/columns.ts';
import { comparison } from './fixtures/comparison.ts';
import { flagRun } from './fixtures/flag-run.ts';
import { liveServer } from './fixtures/live-server.ts';
import { openReport } from './fixtures/open-report.ts';
import { PHONE } from './fixtures/phone.ts';
import { photoRun } from './fixtures/photo-run.ts';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const DEVICES: readonly (readonly [string, BrowserContextOptions])[] = [
  ['in light', { colorScheme: 'light' }],
  ['in dark', { colorScheme: 'dark' }],
  ['on a phone in light', { ...PHONE, colorScheme: 'light' }],
  ['on a phone in dark', { ...PHONE, colorScheme: 'dark' }],
];

const browserTest = await testsInBrowser();

for (const [device, options] of DEVICES) {
  browserTest(
    `ReportPage ${device} has no violation, and does not scroll sideways`,
    async (t, browser) => {
      const { page } = await openReport(t, browser, photoRun(4_000), options);
      await page.getByText('The same numbers as a table').click();
      await page.locator('[role=grid] tbody tr').first().click();
      await page.getByRole('complementary').waitFor();
      await isClean(page);
    },
  );

  browserTest(`Gallery ${device} has no violation`, async (t, browser) => {
    const { page } = await openReport(t, browser, await flagRun(12), options);
    await page.getByRole('figure', { name: 'Andorra' }).waitFor();
    await isClean(page);
  });

  browserTest(`ComparePage ${device} has no violation`, async (t, browser) => {
    const { page } = await openReport(t, browser, comparison(), options);
    await isClean(page);
  });

  browserTest(
    `LivePage ${device} has no violation, nor when its connection is lost`,
    async (t, browser) => {
      const server = await liveServer(t);
      const { page } = await openPage(t, browser, options);
      await page.goto(server.url);
      server.say([fixtureRow(), fixtureRow({ index: 1, status: 'failed' })], {
        inFlight: [{ url: 'https://files.example.org/slow.bin', attempt: 2, age: 4_400 }],
      });
      await page.getByText('In flight for longest').waitFor();
      await isClean(page);
      server.cut();
      await page.getByText('The connection to the run is lost.').waitFor();
      await isClean(page);
    },
  );
}

async function isClean(page: Page): Promise<void> {
  // Evaluated from outside: the page's policy would let no other script in.
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
  const found = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  assert.deepEqual(found, []);
  // It did look: a page that is empty has no violations either.
  const seen = new Set(passes.map(({ id }) => id));
  for (const rule of ['color-contrast', 'region', 'page-has-heading-one']) {
    assert.ok(seen.has(rule), `${rule} had nothing to look at`);
  }
  const { wide, window } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    window: innerWidth,
  }));
  assert.ok(wide <= window, `the page is ${wide} px wide, the window ${window}`);
}
