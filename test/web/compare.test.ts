// The page of `compare`.
import assert from 'node:assert/strict';
import { testsOnPage } from '../support/browser.ts';
import { comparison } from './fixtures/comparison.ts';
import { openReport } from './fixtures/open-report.ts';

const DATA = comparison();

const pageTest = testsOnPage((t, browser) => openReport(t, browser, DATA));

pageTest(
  'ComparePage: has a table of the styles, and what the machine refused',
  async ({ page, problems }) => {
    const rows = page.getByRole('table').locator('tbody tr');
    assert.equal(await rows.count(), 6);
    assert.deepEqual(await rows.nth(5).locator('th, td').allTextContents(), [
      ...['tasks', '512*', '0.6 s', '531.7 ×', '0.4 s', '96.0 MB', '109.4 kB'],
    ]);
    await page.getByText('* tasks: of 600, the machine said no after 512: too many').waitFor();
    assert.deepEqual(problems, []);
  },
);

pageTest(
  'ComparePage: has a waterfall of each style on one axis, which may be made shorter',
  async ({ page }) => {
    const pictures = page.getByRole('img', { name: /^Waterfall of / });
    assert.equal(await pictures.count(), 6);
    await page.getByText('one line stands for 4 requests').first().waitFor();
    const axis = page.getByLabel('The axis ends with');
    await axis.selectOption({ label: 'tasks, 600 at once: 0.6 s' });
    const [slowest, fastest] = [DATA.styles[0], DATA.styles.at(-1)];
    const later = slowest?.times.filter(({ began }) => began > (fastest?.elapsed ?? 0)).length;
    await page.getByText(`${later} began later than this axis goes`).waitFor();
  },
);
