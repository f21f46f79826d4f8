// The live page against a server that says what a run would say.
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { browserTest, openPage } from '../support/browser.ts';
import { type FixtureRow, fixtureRow } from './fixtures/columns.ts';
import { liveServer } from './fixtures/live-server.ts';
import { RUN_NOW } from './fixtures/state.ts';

browserTest(
  'LivePage: shows rows as they end, and has them again after a reload',
  async (t, browser) => {
    const server = await liveServer(t);
    const { page, problems } = await openPage(t, browser);
    await page.goto(server.url);
    await page.getByText('No file is there yet.').waitFor();
    server.say(rowsFrom(0, 40), { now: RUN_NOW });
    await page.getByText('40 files; 60 of 100 to go').waitFor();
    await page.getByText('https://files.example.org/slow.bin').waitFor();
    await page.getByText('734.0 MB of 1.6 GB, 11.2 MB/s, 1m 18s left').waitFor();
    await page.getByText('503 from files.example.org, again in 4 s (2 of 4)').waitFor();
    await page.getByText('12.3 MB/s now').waitFor();
    await page.getByText('about 1m 36s left').waitFor();
    assert.equal(await page.title(), '45 % · flaghoist');
    await shows(page, 40);
    server.say(rowsFrom(40, 20));
    await page.getByText('60 files; 40 of 100 to go').waitFor();
    await shows(page, 60);
    // While all of it is in sight, it stays so.
    await page.getByText(/^60 files, 0 to /).waitFor();
    assert.equal(await sumOfTotals(page), 60);

    await page.reload();
    await shows(page, 60);
    server.say(rowsFrom(60, 5));
    await shows(page, 65);
    assert.equal(await sumOfTotals(page), 65);
    assert.deepEqual(server.connections, ['', '']);
    assert.deepEqual(problems, []);
  },
);

browserTest(
  'LivePage: keeps what it has while the connection is lost, and asks no more after the end',
  async (t, browser) => {
    const server = await liveServer(t);
    const { page } = await openPage(t, browser);
    await page.goto(server.url);
    server.say(rowsFrom(0, 30));
    await shows(page, 30);
    server.cut();
    await page.getByText('The connection to the run is lost.').waitFor();
    await shows(page, 30);
    server.say([
      ...rowsFrom(30, 9),
      fixtureRow({ index: 39, url: 'http://localhost/flags/br/br.gif', path: 'br.gif' }),
      fixtureRow({ index: 40, path: 'notes.txt' }),
      fixtureRow({ index: 41, path: '', status: 'failed' }),
    ]);
    server.restore();
    await shows(page, 42);
    await page.getByText('The connection to the run is lost.').waitFor({ state: 'detached' });
    assert.equal(await sumOfTotals(page), 42);
    // It did not ask for the first ones again.
    assert.equal(server.connections.at(-1), '30');

    // Pictures are asked for by the place of their rows.
    await page.getByRole('figure', { name: 'Brazil' }).locator('img').waitFor();
    await page.locator('.gallery img').scrollIntoViewIfNeeded();
    await page.waitForFunction(
      () => document.querySelector<HTMLImageElement>('.gallery img')?.complete,
    );
    assert.deepEqual([...server.pictures], [39]);

    const { length } = server.connections;
    server.say([], { ending: 'interrupted', expected: undefined });
    await page
      .getByText('The run was interrupted: 37 of 42 files are there, 5 failed. This page stays')
      .waitFor();
    assert.equal(await page.title(), 'interrupted: 5 failed · flaghoist');
    server.cut();
    // A browser that had not let go of it would be back by now: `retry` is a tenth of a second.
    await page.waitForTimeout(300);
    assert.equal(await page.getByText('The connection to the run is lost.').count(), 0);
    assert.equal(server.connections.length, length);
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
