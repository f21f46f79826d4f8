// The report of a run, of 100,000 rows where that makes a difference, in a real browser, from disk.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { browserTest, testsOnPage } from '../support/browser.ts';
import { openReport } from './fixtures/open-report.ts';
import { photoRun } from './fixtures/photo-run.ts';

const LARGE = photoRun(100_000);
const RUN = photoRun(10_000);

/** Far more than it takes (0.7 s) on a machine that does nothing else: docs/page.md has the figure. */
const MOST_TO_OPEN = 20_000;

const largeTest = testsOnPage((t, browser) => openReport(t, browser, LARGE));
const runTest = testsOnPage((t, browser) => openReport(t, browser, RUN, { colorScheme: 'light' }));

largeTest(
  'ReportPage: opens with 100,000 rows, and its totals add up to them',
  async ({ page, problems, openedIn }, t) => {
    t.diagnostic(`opened in ${Math.round(openedIn)} ms`);
    assert.ok(openedIn < MOST_TO_OPEN, `${openedIn} ms`);
    const totals = await page.locator('[data-total]').allTextContents();
    const numbers = totals.map((text) => Number(text.replaceAll(',', '')));
    assert.equal(
      numbers.reduce((sum, number) => sum + number),
      100_000,
    );
    assert.deepEqual(numbers, Object.values(LARGE.state.totals));
    await page.getByText('= 100,000 files, all that there are').waitFor();
    assert.deepEqual(problems, []);
  },
);

largeTest(
  'RowTable: has the rows in sight only, and says which of how many they are',
  async ({ page }) => {
    const grid = page.getByRole('grid', { name: 'Table' });
    assert.equal(await grid.getAttribute('aria-rowcount'), '100001');
    assert.ok((await grid.locator('tbody tr').count()) < 60);
    await grid.focus();
    await page.keyboard.press('End');
    await grid.locator('tr[aria-rowindex="100001"]').waitFor();
    assert.equal(await grid.getAttribute('aria-activedescendant'), 'row-99999');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('Enter');
    const row = Number((await grid.getAttribute('aria-activedescendant'))?.replace('row-', ''));
    assert.ok(row > 99_900 && row < 99_999);
    await page.getByRole('complementary', { name: rowName(row) }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
  },
);

largeTest(
  'Waterfall: says how many rows a line stands for, and which are not in it',
  async ({ page }) => {
    await page.getByText(/One line stands for \d+ files/).waitFor();
    await page.getByText('2,000 more files had no request in this run.').waitFor();
    await page.getByRole('button', { name: 'Show these files with http-503' }).click();
    await page.getByText(/^\d+ files, /).waitFor();
  },
);

runTest('RowTable: sorts, the slowest first', async ({ page }) => {
  await page.getByRole('columnheader', { name: 'Time' }).getByRole('button').click();
  const slowest = RUN.rows.end
    .map((end, i) => (RUN.rows.start[i] === null ? -1 : end))
    .reduce((most, end, i, all) => (end > (all[most] ?? 0) ? i : most), 0);
  await page.locator(`tr[aria-rowindex="2"]#row-${slowest}`).waitFor();
});

runTest(
  'FilterBar: filters by host, reason, status and text, and Retry says the command for it',
  async ({ page }) => {
    const filter = page.getByRole('search');
    const command = page.getByLabel(/^Try .* again:$/);
    assert.equal(
      await command.inputValue(),
      "flaghoist retry photos --where 'status in (not-found, failed, cancelled)'",
    );
    await filter.getByLabel('Host').selectOption('media.example.net');
    await filter.getByLabel('Reason').selectOption('http-503');
    await found(
      page,
      count((i) => isAt(i, 'media.example.net') && RUN.rows.reason[i] === 'http-503'),
    );
    assert.equal(
      await command.inputValue(),
      `flaghoist retry photos --where "reason = http-503 and host = 'media.example.net'"`,
    );
    await page.getByRole('button', { name: 'All files' }).click();
    await filter.getByLabel('failed').check();
    await found(page, RUN.state.totals.failed);
    await filter.getByLabel('Text').fill('IMG_005');
    await found(
      page,
      count((i) => RUN.rows.status[i] === 'failed' && (RUN.rows.url[i] ?? '').includes('IMG_005')),
    );
    await page.getByText('stand for any characters').waitFor();
  },
);

runTest('Failures: leads from a reason to its rows', async ({ page }) => {
  await page.getByRole('button', { name: 'Show these files with http-404' }).click();
  await found(page, RUN.state.totals['not-found']);
  const urls = await page.locator('[role=grid] tbody td.url').allTextContents();
  assert.ok(urls.length > 0);
  for (const url of urls) assert.match(url, /^https:\/\/archive\.example\.edu\//);
});

runTest('CopyButton: copies the command', async ({ page }) => {
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByText('Copied.').waitFor();
  const text = page.getByRole('search').getByLabel('Text');
  await text.fill('');
  await text.press('Control+V');
  assert.match(await text.inputValue(), /^flaghoist retry photos --where /);
});

runTest('OverTime: has the numbers of its charts as a table', async ({ page }) => {
  await page.getByText('The same numbers as a table').click();
  const rows = page.getByRole('region', { name: 'Over time, as a table' }).locator('tbody tr');
  await rows.last().waitFor();
  assert.equal(await rows.count(), RUN.state.series.ended.length);
  assert.ok((await page.locator('.chart canvas').count()) >= 4);
});

runTest(
  'ThemeSwitch: changes the colours, of what is drawn too, and they stay after a reload',
  async ({ page }) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const picture = () => page.evaluate(() => document.querySelector('canvas')?.toDataURL());
    const [lightGround, lightPicture] = [await ground(), await picture()];
    await page.getByLabel('Dark').check();
    assert.notEqual(await ground(), lightGround);
    assert.notEqual(await picture(), lightPicture);
    await page.reload();
    assert.notEqual(await ground(), lightGround);
    await page.getByLabel('Light').check();
    assert.equal(await ground(), lightGround);
  },
);

browserTest(
  'ReportPage: names the rows that it leaves out, and how the run ended',
  async (t, browser) => {
    const { state, ...rest } = photoRun(4_000);
    const { page } = await openReport(t, browser, {
      ...rest,
      state: {
        ...state,
        ending: 'killed',
        expected: undefined,
        otherHosts: 1_234,
        leftOut: { rows: 5_000, which: 'those that were downloaded, but for one in ten' },
      },
    });
    await page.getByText('killed before it could record its end').waitFor();
    await page.getByText('and 1,234 other hosts with fewer files').waitFor();
    await page
      .getByText('5,000 more files are counted above but not here: those that were downloaded')
      .waitFor();
    await page.getByText('It also tries the files that are not on this page.').waitFor();
  },
);

function rowName(place: number): string {
  return `Row ${(place + 1).toLocaleString('en')}`;
}

function isAt(place: number, host: string): boolean {
  return RUN.rows.url[place]?.startsWith(`https://${host}/`) ?? false;
}

function count(passes: (place: number) => boolean): number {
  return RUN.rows.index.filter((_, i) => passes(i)).length;
}

/** Waits until so many rows are left. */
async function found(page: Page, rows: number): Promise<void> {
  assert.ok(rows > 0, 'a filter that leaves none shows nothing');
  await page
    .getByText(`${rows.toLocaleString('en')} of 10,000 files`, { exact: true })
    .first()
    .waitFor();
}
