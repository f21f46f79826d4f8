// The waterfall: by mouse, by touch, by keyboard.
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { testsOnPage } from '../support/browser.ts';
import { openReport } from './fixtures/open-report.ts';
import { photoRun } from './fixtures/photo-run.ts';

const RUN = photoRun(10_000);

const pageTest = testsOnPage((t, browser) => openReport(t, browser, RUN, { hasTouch: true }));

pageTest(
  'Waterfall: zooms by keyboard until each line is a row, and tells each row',
  async ({ page }) => {
    const slider = waterfall(page);
    await slider.focus();
    assert.equal(await slider.getAttribute('aria-valuemax'), '9800');
    assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /^One of \d+ files: Row /);
    for (let i = 0; i < 9; i++) await page.keyboard.press('+');
    await page.getByText(/^Files 1 to \d\d of 9,800/).waitFor();
    await page.keyboard.press('End');
    await page.getByText(/to 9,800 of 9,800/).waitFor();
    assert.equal(await slider.getAttribute('aria-valuenow'), '9800');
    assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /^Row \d.*first byte \d/);
    await page.keyboard.press('ArrowUp');
    assert.equal(await slider.getAttribute('aria-valuenow'), '9799');
    await page.keyboard.press('Enter');
    await page.getByRole('complementary').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('0');
    await page.getByText(/^9,800 files, /).waitFor();
  },
);

pageTest(
  'Waterfall: zooms and moves by mouse, and tells about the line under it',
  async ({ page }) => {
    const slider = waterfall(page);
    await slider.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await boxOf(slider);
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.getByText(/one of \d+ files/).waitFor();
    await page.keyboard.down('Control');
    for (let i = 0; i < 12; i++) await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await page.getByText(/^Files [\d,]+ to [\d,]+ of 9,800/).waitFor();
    await page.getByText(/One line stands for/).waitFor({ state: 'detached' });
    const before = await page.locator('.waterfall-tools .seen').textContent();
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + height / 2 - 120, { steps: 4 });
    await page.mouse.up();
    assert.notEqual(await page.locator('.waterfall-tools .seen').textContent(), before);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    // Across: a stretch of time, of which the rows are shown that began then.
    await page.mouse.move(x + width * 0.5, y + 100);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.52, y + 100, { steps: 4 });
    await page.mouse.up();
    await page.getByText(/^Files [\d,]+ to [\d,]+ of 9,800/).waitFor();
    await page.getByRole('button', { name: 'All', exact: true }).click();
  },
);

pageTest('Waterfall: leaves the wheel to the page', async ({ page }) => {
  const slider = waterfall(page);
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width } = await boxOf(slider);
  const before = await page.evaluate(() => window.scrollY);
  await page.mouse.move(x + width / 2, y + 60);
  await page.mouse.wheel(0, 200);
  await page.waitForFunction((from) => window.scrollY > from, before);
  await page.getByText(/^9,800 files, /).waitFor();
});

pageTest('Waterfall: zooms by two fingers', async ({ page }) => {
  const slider = waterfall(page);
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await boxOf(slider);
  const session = await page.context().newCDPSession(page);
  const fingers = (apart: number) =>
    [-apart, apart].map((by) => ({ x: x + width / 2, y: y + height / 2 + by }));
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart?: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: apart === undefined ? [] : fingers(apart),
    });
  await touch('touchStart', 20);
  for (const apart of [40, 80, 120]) await touch('touchMove', apart);
  await touch('touchEnd');
  await page.getByText(/^Files [\d,]+ to [\d,]+ of 9,800/).waitFor();
});

function waterfall(page: Page): Locator {
  return page.getByRole('slider', { name: 'Waterfall' });
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  assert.ok(box !== null);
  return box;
}
