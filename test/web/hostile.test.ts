// What a server or a list chose is text on the page, whatever it is.
import assert from 'node:assert/strict';
import { testsOnPage } from '../support/browser.ts';
import { columnsOf, fixtureRow } from './fixtures/columns.ts';
import { openReport } from './fixtures/open-report.ts';
import { stateOf } from './fixtures/state.ts';

const HTML = '</script><img src=x onerror="document.title=1"><script>document.title=1</script><b>';
const ROWS = [
  fixtureRow({
    index: 0,
    url: `https://${HTML}/${HTML}.png`,
    message: `<iframe srcdoc='${HTML}'>`,
    reason: `http-${HTML}`,
    status: 'failed',
  }),
  fixtureRow({ index: 1, url: 'javascript:document.title=1', path: `${HTML}.svg`, message: HTML }),
  fixtureRow({ index: 2, url: `https://example.org/\u202egpj.exe`, path: 'a.png' }),
];

const pageTest = testsOnPage((t, browser) =>
  openReport(t, browser, {
    kind: 'report',
    state: stateOf(ROWS, { directory: HTML, command: `flaghoist get ${HTML}` }),
    rows: columnsOf(ROWS),
    // A picture may be a program of its own: as an image it does not run.
    pictures: [
      {
        row: 1,
        src: `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
      },
      { row: 2, src: 'javascript:document.title=1' },
    ],
  }),
);

pageTest('ReportPage: markup in rows is shown as text', async ({ page }) => {
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), HTML);
  await page.locator('[role=grid] tbody tr').first().click();
  await page.getByRole('complementary').getByText('<iframe srcdoc').waitFor();
  // What turns the text around it is written out.
  await page.getByText('https://example.org/\\u202egpj.exe').waitFor();
  await page.locator('[role=grid] tbody tr').nth(1).click();
  await page.getByRole('complementary', { name: 'Row 2' }).waitFor();
  // Only what can be a web page is a link.
  assert.equal(await page.getByRole('complementary').getByRole('link').count(), 0);
  assert.equal(await page.locator('b img, iframe, [onerror], [onload], #page script').count(), 0);
  assert.equal(await page.title(), `${HTML} – flaghoist`);
});

pageTest(
  'ReportPage: its policy keeps an injected script from running',
  async ({ page, problems }) => {
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.append('document.title = "taken"');
      document.body.append(script);
      const image = document.createElement('img');
      image.src = 'https://elsewhere.example/pixel.gif';
      document.body.append(image);
    });
    await page.waitForFunction(() => document.querySelector('body > img') !== null);
    assert.equal(await page.title(), `${HTML} – flaghoist`);
    await assert.rejects(
      page.evaluate(() => fetch('https://elsewhere.example/')),
      /fetch/i,
    );
    await assert.rejects(
      page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<b>bold</b>')),
      /TrustedHTML/,
    );
    const refusals = problems.join('\n');
    assert.match(refusals, /script-src|TrustedScript/);
    assert.match(refusals, /connect-src/);
    assert.match(refusals, /img-src/);
  },
);
