// The live page against a server that says what a run would say.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { openPage, testsInBrowser } from '../support/browser.ts';
import { type FixtureRow, fixtureRow } from './fixtures/columns.ts';
import { liveServer } from './fixtures/live-server.ts';

const browserTest = await testsInBrowser();

browserTest('LivePage: shows rows as they end, and the numbers add up', async (t, browser) => {
  const server = await liveServer(t);
  const { page, problems } = await openPage(t, browser);
  await page.goto(server.url);
  await page.getByText('No row has ended yet.').waitFor();
  server.say(rowsFrom(0, 40), {
    inFlight: [{ url: 'https://files.example.org/slow.bin', attempt: 2, age: 4_400 }],
  });
  await page.getByText('40 rows; 60 of 100 to go').waitFor();
  await page.getByText('https://files.example.org/slow.bin').waitFor();
  await shows(page, 40);
  server.say(rowsFrom(40, 20));
  await page.getByText('60 rows; 40 of 100 to go').waitFor();
  await shows(page, 60);
  // While all of it is in sight, it stays so.
  await page.getByText(/^60 rows, 0 to /).waitFor();
  assert.equal(await sumOfTotals(page), 60);
  assert.deepEqual(problems, []);
});

browserTest('LivePage: has everything again after a reload', async (t, browser) => {
  const server = await liveServer(t);
  const { page } = await openPage(t, browser);
  await page.goto(server.url);
  server.say(rowsFrom(0, 30));
  await shows(page, 30);
  await page.reload();
  await shows(page, 30);
  server.say(rowsFrom(30, 5));
  await shows(page, 35);
  assert.equal(await sumOfTotals(page), 35);
  assert.deepEqual(server.connections, ['', '']);
});

browserTest(
  'LivePage: says that the connection is lost, keeps what it has, and goes on by itself',
  async (t, browser) => {
    const server = await liveServer(t);
    const { page } = await openPage(t, browser);
    await page.goto(server.url);
    server.say(rowsFrom(0, 30));
    await shows(page, 30);
    server.cut();
    await page.getByText('The connection to the run is lost.').waitFor();
    await shows(page, 30);
    server.say(rowsFrom(30, 12));
    server.restore();
    await shows(page, 42);
    await page.getByText('The connection to the run is lost.').waitFor({ state: 'detached' });
    assert.equal(await sumOfTotals(page), 42);
    // It did not ask for the first ones again.
    assert.equal(server.connections.at(-1), '30');
  },
);

browserTest('LivePage: says how the run ended, and asks no more', async (t, browser) => {
  const server = await liveServer(t);
  const { page } = await openPage(t, browser);
  await page.goto(server.url);
  server.say(rowsFrom(0, 10));
  await shows(page, 10);
  server.say([], { ending: 'interrupted', expected: undefined });
  await page.getByText('The run is over: interrupted.').waitFor();
  server.cut();
  // A browser that had not let go of it would be back by now: `retry` is a tenth of a second.
  await page.waitForTimeout(500);
  assert.equal(await page.getByText('The connection to the run is lost.').count(), 0);
  assert.equal(server.connections.length, 1);
});

browserTest(
  'LivePage: shows the pictures that were downloaded, by the place of their rows',
  async (t, browser) => {
    const server = await liveServer(t);
    const { page } = await openPage(t, browser);
    await page.goto(server.url);
    server.say([
      fixtureRow({ index: 7, url: 'http://localhost/flags/br/br.gif', path: 'br.gif' }),
      fixtureRow({ index: 8, path: 'notes.txt' }),
      fixtureRow({ index: 9, path: '', status: 'failed' }),
    ]);
    await page.getByRole('figure', { name: 'Brazil' }).locator('img').waitFor();
    await page.locator('.gallery img').scrollIntoViewIfNeeded();
    await page.waitForFunction(
      () => document.querySelector<HTMLImageElement>('.gallery img')?.complete,
    );
    assert.deepEqual([...server.pictures], [7]);
  },
);

function rowsFrom(from: number, count: number): FixtureRow[] {
  return Array.from({ length: count }, (_, i) =>
    fixtureRow({ index: from + i, status: i % 10 === 3 ? 'failed' : 'ok' }),
  );
}

/** Waits until the table has so many rows. */
async function shows(page: Page, rows: number): Promise<void> {
  await page.locator(`[role=grid][aria-rowcount="${rows + 1}"]`).waitFor();
}

async function sumOfTotals(page: Page): Promise<number> {
  const totals = await page.locator('[data-total]').allTextContents();
  return totals.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0);
}
