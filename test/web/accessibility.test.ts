// What axe-core finds, at a desk and on a phone, in light and in dark.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
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

/** Those that look at colours. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

const DEVICES: readonly (readonly [string, BrowserContextOptions])[] = [
  ['at a desk', {}],
  ['on a phone', PHONE],
];

const browserTest = await testsInBrowser();

for (const [device, options] of DEVICES) {
  browserTest(
    `ReportPage: ${device} has no violation, and does not scroll sideways`,
    async (t, browser) => {
      const { page } = await openReport(t, browser, photoRun(1_000), options);
      await page.getByText('The same numbers as a table').click();
      await page.locator('[role=grid] tbody tr').first().click();
      await page.getByRole('complementary').waitFor();
      await isClean(page);
    },
  );

  browserTest(`Gallery: ${device} has no violation`, async (t, browser) => {
    const { page } = await openReport(t, browser, await flagRun(12), options);
    await page.getByRole('figure', { name: 'Andorra' }).waitFor();
    await isClean(page);
  });

  browserTest(`ComparePage: ${device} has no violation`, async (t, browser) => {
    const { page } = await openReport(t, browser, comparison(), options);
    await isClean(page);
  });

  browserTest(
    `LivePage: ${device} has no violation, nor when its connection is lost`,
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
  await page.emulateMedia({ colorScheme: 'light' });
  const seen = await checkRules(page);
  // It did look: a page that is empty has no violations either.
  for (const rule of ['color-contrast', 'region', 'page-has-heading-one']) {
    assert.ok(seen.has(rule), `${rule} had nothing to look at`);
  }
  // In dark nothing is different but the colours.
  await page.emulateMedia({ colorScheme: 'dark' });
  const seenInDark = await checkRules(page, COLOUR_RULES);
  assert.ok(seenInDark.has('color-contrast'));
  const { wide, window } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    window: innerWidth,
  }));
  assert.ok(wide <= window, `the page is ${wide} px wide, the window ${window}`);
}

/**
 * @param rules all that are on when left out
 * @returns the rules that found something to look at
 */
async function checkRules(page: Page, rules?: readonly string[]): Promise<ReadonlySet<string>> {
  // Of what is right one place is enough: that there is one.
  const options: RunOptions = { resultTypes: ['violations'] };
  if (rules !== undefined) options.runOnly = { type: 'rule', values: [...rules] };
  const call = `axe.run(${JSON.stringify(options)})`;
  const { violations, passes } = await page.evaluate<AxeResults>(call);
  const found = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  assert.deepEqual(found, []);
  return new Set(passes.map(({ id }) => id));
}
