// The pictures of a report.
import assert from 'node:assert/strict';
import { testsInBrowser } from '../support/browser.ts';
import { flagRun } from './fixtures/flag-run.ts';
import { openReport } from './fixtures/open-report.ts';

const browserTest = await testsInBrowser();

browserTest(
  'Gallery: shows flags with the names of their countries, as many at a time as it says',
  async (t, browser) => {
    const { page, problems } = await openReport(t, browser, await flagRun(194));
    await page.getByText('120 of 193 pictures').waitFor();
    const brazil = page.getByRole('figure', { name: 'Brazil' }).locator('img');
    await brazil.scrollIntoViewIfNeeded();
    const width = await brazil.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return image.naturalWidth;
    });
    assert.ok(width > 10);
    await page.getByRole('button', { name: 'Show 73 more' }).click();
    await page.getByRole('figure', { name: 'Zimbabwe' }).waitFor();
    await page.getByText('193 pictures', { exact: true }).waitFor();
    assert.deepEqual(problems, []);
  },
);

browserTest(
  'Gallery: shows the pictures that the filter leaves, and counts those that the file has not',
  async (t, browser) => {
    const run = await flagRun(10);
    const { page } = await openReport(t, browser, { ...run, pictures: run.pictures.slice(0, 4) });
    await page
      .getByText('4 pictures; 5 pictures are in the directory, but not in this file')
      .waitFor();
    await page.getByRole('search').getByLabel('Text').fill('/ad/');
    await page.getByText('1 picture', { exact: true }).waitFor();
    await page.getByRole('search').getByLabel('Text').fill('/ag/');
    await page.getByRole('heading', { name: 'Pictures' }).waitFor({ state: 'detached' });
  },
);

browserTest('Gallery: says when a picture cannot be shown', async (t, browser) => {
  const run = await flagRun(2);
  const { page } = await openReport(t, browser, {
    ...run,
    pictures: [{ row: 0, src: 'data:image/gif;base64,bm90IGEgcGljdHVyZQ==' }],
  });
  await page.locator('.gallery').scrollIntoViewIfNeeded();
  await page.getByText('no picture that this browser can show').waitFor();
});
