// The page of a fleet, against a server that says what a database would say.
import assert from 'node:assert/strict';
import { browserTest, openPage } from '../support/browser.ts';
import { FLEET, fleetServer } from './fixtures/fleet-server.ts';

browserTest('FleetPage: totals, shards, workers and hosts', async (t, browser) => {
  const { page, problems } = await openPage(t, browser);
  await page.goto((await fleetServer(t)).url);
  await page.getByText('480 of 1,000 files are there so far, 20 failed.').waitFor();
  assert.equal(await page.title(), '50 % · flaghoist');
  const textOf = (id: string) => page.locator(`#${id}`).innerText();
  assert.match(await textOf('shards'), /5 done, 2 in the hands of workers, 1 given up, 3 waiting/);
  const workers = await textOf('workers');
  assert.match(workers, /one:1\s+5\s+60 %\s+12\s+3\s+290\s+10\s+3\.0 MB/);
  assert.match(workers, /two:2 silent for 6\.0+ s\s+–\s+waits for a shard/);
  const origins = await textOf('origins');
  assert.match(origins, /down\.example\s+0\s+0\s+given up for 3m 20s: connection refused/);
  assert.match(origins, /busy\.example\s+2\s+4\s+asks to wait 30\.0 s/);
  assert.match(origins, /held\.example\s+1\s+4\s+does not serve: one worker probes it/);
  assert.match(origins, /well\.example\s+1\s+8\s+serves\s+and 2 more/);
  assert.match(await textOf('failures'), /connect\s+20\s+the host is down/);
  assert.deepEqual(problems, []);
});

browserTest('FleetPage: says that all is done, and asks no more', async (t, browser) => {
  const { page } = await openPage(t, browser);
  const totals = { ...FLEET.totals, ok: 980 };
  await page.goto((await fleetServer(t, { ...FLEET, ending: 'complete', totals })).url);
  await page.getByText('The run is over: 980 of 1,000 files are there, 20 failed.').waitFor();
});
