// npm run screenshots: pictures of the page in `ci-output/screenshots`, for people to look at. It fails when
// something goes wrong on a page.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { PageData } from '../../src/report/page/page-data.ts';
import { browserTest, openPage } from '../support/browser.ts';
import { fixtureRow } from './fixtures/columns.ts';
import { comparison } from './fixtures/comparison.ts';
import { flagRun } from './fixtures/flag-run.ts';
import { liveServer } from './fixtures/live-server.ts';
import { openReport } from './fixtures/open-report.ts';
import { PHONE } from './fixtures/phone.ts';
import { photoRun } from './fixtures/photo-run.ts';
import { RUN_NOW } from './fixtures/state.ts';

const FOLDER = 'ci-output/screenshots';
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };

await mkdir(FOLDER, { recursive: true });
/** The docs have pictures of it. */
const LARGE = photoRun(100_000);
const SMALL = photoRun(5_000);

interface Shot {
  readonly name: string;
  data(): Promise<PageData> | PageData;
  readonly options: BrowserContextOptions;
  /** What is done before. */
  prepare?(page: Page): Promise<void>;
  /** The part that is taken; the whole page when left out. */
  readonly part?: string;
}

const SHOTS: readonly Shot[] = [
  { name: 'report-light', data: () => LARGE, options: { ...DESK, colorScheme: 'light' } },
  { name: 'report-dark', data: () => SMALL, options: { ...DESK, colorScheme: 'dark' } },
  { name: 'report-phone', data: () => SMALL, options: { ...PHONE, colorScheme: 'light' } },
  { name: 'report-phone-dark', data: () => SMALL, options: { ...PHONE, colorScheme: 'dark' } },
  { name: 'failures', data: () => SMALL, options: DESK, part: '#failures' },
  {
    name: 'waterfall-zoomed',
    data: () => SMALL,
    options: DESK,
    prepare: async (page) => {
      await page.getByLabel('Host').last().selectOption('media.example.net');
      await page.getByRole('slider').focus();
      for (let i = 0; i < 10; i++) await page.keyboard.press('+');
      for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowDown');
    },
    part: '.waterfall',
  },
  {
    name: 'row-details',
    data: () => SMALL,
    options: DESK,
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Show these files with http-503' }).click();
      await page.locator('[role=grid] tbody tr').nth(2).click();
      await page.getByRole('complementary').waitFor();
    },
  },
  {
    name: 'readme',
    data: () => LARGE,
    options: { viewport: { width: 1120, height: 1180 }, colorScheme: 'light' },
    prepare: async (page) => {
      await page.locator('.chart canvas').last().waitFor();
    },
  },
  { name: 'gallery', data: () => flagRun(60), options: DESK, part: '#pictures' },
  { name: 'flags', data: () => flagRun(24), options: DESK },
  { name: 'compare-light', data: () => comparison(), options: { ...DESK, colorScheme: 'light' } },
  { name: 'compare-dark', data: () => comparison(), options: { ...DESK, colorScheme: 'dark' } },
  { name: 'compare-phone', data: () => comparison(), options: PHONE },
];

for (const { name, data, options, prepare, part } of SHOTS) {
  browserTest(`screenshot: ${name}`, async (t, browser) => {
    const { page, problems } = await openReport(t, browser, await data(), options);
    await prepare?.(page);
    const path = `${FOLDER}/${name}.png`;
    if (part === undefined) await page.screenshot({ path, fullPage: prepare === undefined });
    else await page.locator(part).screenshot({ path });
    assert.deepEqual(problems, []);
  });
}

browserTest('screenshot: live, and with its connection lost', async (t, browser) => {
  const server = await liveServer(t);
  const { page } = await openPage(t, browser, DESK);
  await page.goto(server.url);
  const rows = Array.from({ length: 60 }, (_, index) =>
    fixtureRow({ index, status: index % 13 === 5 ? 'failed' : 'ok' }),
  );
  server.say(rows, { now: RUN_NOW });
  await page.locator('[role=grid][aria-rowcount="61"]').waitFor();
  await page.screenshot({ path: `${FOLDER}/live.png`, fullPage: true });
  server.cut();
  await page.getByText('The connection to the run is lost.').waitFor();
  await page.screenshot({ path: `${FOLDER}/live-lost.png` });
});
