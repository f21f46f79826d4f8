// Slow: waits in real time.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { Dashboard } from '../../src/dashboard/dashboard.ts';
import { LiveRun } from '../../src/dashboard/live-run.ts';
import { Activity } from '../../src/observe/activity.ts';
import { EventReader } from '../support/event-reader.ts';
import { STAND_IN_PAGE } from '../support/stand-in-page.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const FLAG = 'GIF89a, and so on';

/** A run that is watched; its timers are the test's. */
async function watch(t: TestContext, directory = 'photos') {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const facts = { directory, arguments: [], expected: undefined };
  const run = new LiveRun(facts, new Activity());
  const dashboard = await Dashboard.open({ port: 0, page: STAND_IN_PAGE, run });
  t.after(async () => {
    const closed = dashboard[Symbol.asyncDispose]();
    t.mock.timers.tick(1_000);
    await closed;
  });
  const url = new URL(dashboard.url);
  const at = (path: string) =>
    new URL(`${path}${path.includes('?') ? '&' : '?'}${url.search.slice(1)}`, url);
  const add = (rows: number) => {
    for (let i = 0; i < rows; i++) run.add(ok(run.rows.length, directory));
  };
  return { dashboard, run, url, at, add };
}

function ok(index: number, directory: string) {
  const path = join(directory, `${index}.gif`);
  return {
    item: { index, url: `https://example.com/${index}` },
    status: 'ok',
    path,
    bytes: 1,
    attempts: 1,
  } as const;
}

async function ask(url: URL, { headers = {}, method = 'GET' } = {}): Promise<IncomingMessage> {
  const asking = request(url, { headers, method, agent: false }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return response;
}

test('Dashboard: the page, with all that keeps it to itself', async (t) => {
  const { at } = await watch(t);
  const response = await ask(at('/'));
  assert.equal(response.statusCode, 200);
  const { headers } = response;
  assert.deepEqual(
    {
      type: headers['content-type'],
      policy: headers['content-security-policy'],
      cache: headers['cache-control'],
      referrer: headers['referrer-policy'],
      sniff: headers['x-content-type-options'],
      resource: headers['cross-origin-resource-policy'],
    },
    {
      type: 'text/html; charset=utf-8',
      policy: "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
      cache: 'no-store',
      referrer: 'no-referrer',
      sniff: 'nosniff',
      resource: 'same-origin',
    },
  );
  assert.equal(await text(response), STAND_IN_PAGE);
  const head = await ask(at('/'), { method: 'HEAD' });
  assert.deepEqual([head.statusCode, await text(head)], [200, '']);
});

test('Dashboard: a request without the address gets nothing', async (t) => {
  const { url, at } = await watch(t);
  const port = url.port;
  for (const [asked, options, status] of [
    [new URL('/', url), {}, 403],
    [new URL('/?token=x', url), {}, 403],
    [new URL('/events?token=x', url), {}, 403],
    [new URL('/file?index=0', url), {}, 403],
    [at('/'), { headers: { host: 'evil.example' } }, 403],
    [at('/events'), { headers: { host: `evil.example:${port}` } }, 403],
    [at('/'), { method: 'POST' }, 405],
    [at('/nothing'), {}, 404],
  ] as const) {
    const response = await ask(asked, options);
    assert.equal(response.statusCode, status, asked.href);
    assert.match(
      String(response.headers['content-security-policy']),
      /^default-src 'none';.*sandbox$/,
    );
    assert.doesNotMatch(await text(response), /page-data|data:/);
  }
});

test('Dashboard: listens on 127.0.0.1 only', async (t) => {
  const { url } = await watch(t);
  assert.equal(url.hostname, '127.0.0.1');
  const socket = connect(Number(url.port), '127.0.0.2');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED');
});

test('Dashboard: a viewer has the state at once and each second, and rows as they end', async (t) => {
  const { at, add } = await watch(t);
  add(3);
  const events = new EventReader(await ask(at('/events')));
  assert.equal((await events.state()).totals.ok, 3);
  assert.deepEqual((await events.rows()).index, [0, 1, 2]);
  add(2);
  t.mock.timers.tick(250);
  await events.state();
  assert.deepEqual((await events.rows()).index, [3, 4]);
  t.mock.timers.tick(750);
  add(1);
  t.mock.timers.tick(250);
  assert.equal((await events.state()).totals.ok, 6);
  assert.deepEqual([(await events.rows()).index, events.lastId], [[5], '6']);
});

test('Dashboard: a viewer that was cut off goes on where it was', async (t) => {
  const { at, add } = await watch(t);
  add(10);
  for (const [id, first] of [
    ['4', 4],
    ['0', 0],
    // Of another run, or no id at all.
    ['11', 0],
    ['-1', 0],
    ['x', 0],
  ] as const) {
    const events = new EventReader(await ask(at('/events'), { headers: { 'last-event-id': id } }));
    await events.state();
    assert.deepEqual([(await events.rows()).index[0], events.lastId], [first, '10']);
    events.leave();
  }
});

test('Dashboard: at the end viewers have all rows and how it ended, and the port is free', async (t) => {
  const { dashboard, url, at, add } = await watch(t);
  const viewers = await Promise.all(
    [1, 2].map(async () => new EventReader(await ask(at('/events')))),
  );
  for (const events of viewers) assert.equal((await events.state()).ending, 'running');
  add(1_200);
  dashboard.end('interrupted');
  // No timer is needed for those who read.
  await dashboard[Symbol.asyncDispose]();
  for (const events of viewers) {
    const all = await events.rest();
    assert.equal(
      all.reduce((sum, { index = [] }) => sum + index.length, 0),
      1_200,
    );
    assert.deepEqual([all.at(-1)?.ending, all.at(-1)?.totals?.ok], ['interrupted', 1_200]);
  }
  await assert.rejects(ask(url), { code: 'ECONNREFUSED' });
});

test('Dashboard: a run that breaks tells its viewers so', async (t) => {
  const { dashboard, at } = await watch(t);
  const events = new EventReader(await ask(at('/events')));
  await events.state();
  await dashboard[Symbol.asyncDispose]();
  assert.equal((await events.rest()).at(-1)?.ending, 'broken');
});

test('Dashboard: who does not read is cut off a second after the end', async (t) => {
  const { dashboard, at, add } = await watch(t);
  add(100_000);
  const response = await ask(at('/events'));
  response.pause();
  response.on('error', () => {});
  let isClosed = false;
  const closing = dashboard[Symbol.asyncDispose]().then(() => {
    isClosed = true;
  });
  t.mock.timers.tick(999);
  await new Promise(setImmediate);
  assert.equal(isClosed, false);
  t.mock.timers.tick(1);
  await closing;
});

test('Dashboard: a connection that nothing is asked on holds up nothing', async (t) => {
  const { dashboard, url } = await watch(t);
  const socket = connect(Number(url.port), '127.0.0.1');
  await once(socket, 'connect');
  // Answered, so that the server has surely taken the other one, too.
  await text(await ask(url));
  await dashboard[Symbol.asyncDispose]();
  await once(socket, 'close');
});

test('Dashboard: there may be 16 viewers', async (t) => {
  const { at } = await watch(t);
  const viewers: EventReader[] = [];
  for (let i = 0; i < 16; i++) viewers.push(new EventReader(await ask(at('/events'))));
  const refused = await ask(at('/events'));
  assert.equal(refused.statusCode, 503);
  await text(refused);
  viewers[0]?.leave();
});

test('Dashboard: pictures of the run, and no other files', async (t) => {
  const root = await temporaryDirectory(t);
  const directory = join(root, 'run');
  await mkdir(directory);
  await writeFile(join(root, 'outside.gif'), FLAG);
  await writeFile(join(directory, '0.gif'), FLAG);
  await writeFile(join(directory, '1.gif'), '<script>alert(1)</script>');
  await symlink(join(root, 'outside.gif'), join(directory, '2.gif'));
  await writeFile(join(directory, '9.gif'), FLAG);
  const { at, add, run } = await watch(t, directory);
  add(4);
  run.add({ ...ok(4, directory), path: join(directory, '..', 'outside.gif') });
  const picture = await ask(at('/file?index=0'));
  assert.deepEqual(
    [
      picture.statusCode,
      picture.headers['content-type'],
      picture.headers['content-security-policy'],
    ],
    [200, 'image/gif', "default-src 'none'; frame-ancestors 'none'; sandbox"],
  );
  assert.equal(await text(picture), FLAG);
  const head = await ask(at('/file?index=0'), { method: 'HEAD' });
  assert.deepEqual([head.headers['content-length'], await text(head)], [String(FLAG.length), '']);
  // No picture, a link, missing, outside, no row of this run, no number.
  for (const index of ['1', '2', '3', '4', '9', '', '-1', '0x0', '../9.gif', '1e3']) {
    const response = await ask(at(`/file?index=${index}`));
    assert.equal(response.statusCode, 404, index);
    await text(response);
  }
});

test('Dashboard.open: a port that is taken is one clear line', async (t) => {
  const { url, run } = await watch(t);
  const port = Number(url.port);
  await assert.rejects(Dashboard.open({ port, page: STAND_IN_PAGE, run }), {
    name: 'BrokenRunError',
    message: `the live page cannot have port ${port}: it is taken; leave it out, and any that is free will do`,
  });
});

test('Dashboard: connections that ask for nothing do not keep out the one with the token', async (t) => {
  const { at, url } = await watch(t);
  const idle = Array.from({ length: 200 }, () =>
    connect(Number(url.port), '127.0.0.1').on('error', () => {}),
  );
  t.after(() => {
    for (const socket of idle) socket.destroy();
  });
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  const response = await ask(at('/'));
  assert.equal(response.statusCode, 200);
  assert.match(await text(response), /html/i);
});
