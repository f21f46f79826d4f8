// What axe-core finds, at a desk and on a phone, in light and in dark.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage, testsOnPage } from '../support/browser.ts';
import { fixtureRow } from './fixtures/columns.ts';
import { comparison } from './fixtures/comparison.ts';
import { flagRun } from './fixtures/flag-run.ts';
import { fleetServer } from './fixtures/fleet-server.ts';
import { liveServer } from './fixtures/live-server.ts';
import { showReport } from './fixtures/open-report.ts';
import { PHONE } from './fixtures/phone.ts';
import { photoRun } from './fixtures/photo-run.ts';
import { RUN_NOW } from './fixtures/state.ts';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Those that look at colours. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

const DEVICES: readonly (readonly [string, BrowserContextOptions])[] = [
  ['at a desk', {}],
  ['on a phone', PHONE],
];

for (const [device, options] of DEVICES) {
  // One page for all: a report is opened where the last one was.
  const pageTest = testsOnPage((t, browser) => openPage(t, browser, options));

  pageTest(
    `ReportPage: ${device} has no violation, and does not scroll sideways`,
    async ({ page }, t) => {
      await showReport(t, page, photoRun(200));
      await page.getByText('The same numbers as a table').click();
      await page.locator('[role=grid] tbody tr').first().click();
      await page.getByRole('complementary').waitFor();
      await isClean(page);
      const [byMouse, byTouch] = [
        page.getByText('Mouse: drag'),
        page.getByText('Two fingers zoom'),
      ];
      assert.deepEqual(
        [await byMouse.isVisible(), await byTouch.isVisible()],
        options === PHONE ? [false, true] : [true, false],
      );
    },
  );

  pageTest(`Gallery: ${device} has no violation`, async ({ page }, t) => {
    await showReport(t, page, await flagRun(12));
    await page.getByRole('figure', { name: 'Andorra' }).waitFor();
    await page.evaluate(AXE);
    // The rest of the page is that of any report.
    await hasNoViolation(page, { within: '#pictures' });
  });

  pageTest(`ComparePage: ${device} has no violation`, async ({ page }, t) => {
    await showReport(t, page, comparison());
    await isClean(page);
  });

  pageTest(`FleetPage: ${device} has no violation`, async ({ page }, t) => {
    await page.goto((await fleetServer(t)).url);
    await page.getByText('480 of 1,000 files are there so far, 20 failed.').waitFor();
    await isClean(page);
  });

  pageTest(
    `LivePage: ${device} has no violation, nor when its connection is lost`,
    async ({ page }, t) => {
      const server = await liveServer(t);
      await page.goto(server.url);
      server.say([fixtureRow(), fixtureRow({ index: 1, status: 'failed' })], { now: RUN_NOW });
      await page.getByText('Waiting for another try').waitFor();
      await isClean(page);
      server.cut();
      await page.getByText('The connection to the run is lost.').waitFor();
      await hasNoViolation(page, { rules: COLOUR_RULES });
    },
  );
}

async function isClean(page: Page): Promise<void> {
  // Evaluated from outside: the page's policy would let no other script in.
  await page.evaluate(AXE);
  await page.emulateMedia({ colorScheme: 'light' });
  const seen = await hasNoViolation(page);
  // It did look: a page that is empty has no violations either.
  for (const rule of ['color-contrast', 'region', 'page-has-heading-one']) {
    assert.ok(seen.has(rule), `${rule} had nothing to look at`);
  }
  // In dark nothing is different but the colours.
  await page.emulateMedia({ colorScheme: 'dark' });
  const seenInDark = await hasNoViolation(page, { rules: COLOUR_RULES });
  assert.ok(seenInDark.has('color-contrast'));
  const { wide, window } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    window: innerWidth,
  }));
  assert.ok(wide <= window, `the page is ${wide} px wide, the window ${window}`);
}

/**
 * @param rules all that are on when left out @param within a part of the page
 * @returns the rules that found something to look at
 */
async function hasNoViolation(
  page: Page,
  { rules, within = 'html' }: { readonly rules?: readonly string[]; readonly within?: string } = {},
): Promise<ReadonlySet<string>> {
  // Of what is right one place is enough: that there is one.
  const options: RunOptions = { resultTypes: ['violations'] };
  if (rules !== undefined) options.runOnly = { type: 'rule', values: [...rules] };
  const call = `axe.run(${JSON.stringify(within)}, ${JSON.stringify(options)})`;
  const { violations, passes } = await page.evaluate<AxeResults>(call);
  const found = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  assert.deepEqual(found, []);
  return new Set(passes.map(({ id }) => id));
}
