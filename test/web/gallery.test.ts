// The pictures of a report.
import assert from 'node:assert/strict';
import { testsOnPage } from '../support/browser.ts';
import { flagRun } from './fixtures/flag-run.ts';
import { openReport } from './fixtures/open-report.ts';

/** The places of pictures that the file leaves out, and of one that is not what its name says. */
const LEFT_OUT = 5;
const BROKEN = 6;

const pageTest = testsOnPage(async (t, browser) => {
  const { pictures, ...run } = await flagRun(194);
  const held = pictures
    .filter(({ row }) => row !== LEFT_OUT)
    .map((picture) =>
      picture.row === BROKEN
        ? { ...picture, src: 'data:image/gif;base64,bm90IGEgcGljdHVyZQ==' }
        : picture,
    );
  return openReport(t, browser, { ...run, pictures: held });
});

pageTest(
  'Gallery: shows flags with the names of their countries, as many at a time as it says',
  async ({ page, problems }) => {
    await page.getByText('120 of 192 pictures').waitFor();
    const brazil = page.getByRole('figure', { name: 'Brazil' }).locator('img');
    await brazil.scrollIntoViewIfNeeded();
    const width = await brazil.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return image.naturalWidth;
    });
    assert.ok(width > 10);
    await page.getByText('no picture that this browser can show').waitFor();
    await page.getByRole('button', { name: 'Show 72 more' }).click();
    await page.getByRole('figure', { name: 'Zimbabwe' }).waitFor();
    assert.deepEqual(problems, []);
  },
);

pageTest(
  'Gallery: shows the pictures that the filter leaves, and counts those that the file has not',
  async ({ page }) => {
    await page
      .getByText('192 pictures; 1 picture is in the directory, but not in this file')
      .waitFor();
    const text = page.getByRole('search').getByLabel('Text');
    await text.fill('/ad/');
    await page.getByText('1 picture', { exact: true }).waitFor();
    await text.fill('no such file');
    await page.getByRole('heading', { name: 'Pictures' }).waitFor({ state: 'detached' });
  },
);
