import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowRequests } from '../../src/engine/row-requests.ts';
import { HttpStatusError, OriginDownError } from '../../src/model/failure.ts';
import { settle } from '../concurrency/support.ts';
import { ITEM, lost, Stage } from './stage.ts';
import { start } from './start-row.ts';

const URL_A = 'fetch http://a/br.gif';

const URL_B = 'fetch http://b/br.gif';

const URL_C = 'fetch http://c/br.gif';

const MIRRORS = { mirrors: ['http://b/br.gif', 'http://c/br.gif'] };

test('RowRequests: Retry-After: the next mirror is tried at once', async () => {
  const answers = [new HttpStatusError(429, '', 2_000), new HttpStatusError(429, '', 2_000)];
  const { stage, requests, whole } = start({ answers }, MIRRORS);
  await whole;
  assert.deepEqual(
    requests.map(({ url }) => url),
    [ITEM.url, ...MIRRORS.mirrors],
  );
  assert.deepEqual([await stage.admits('http://a'), await stage.admits('http://c')], [false, true]);
});

test('RowRequests: a row whose origin was given up goes on with a mirror', async () => {
  const stage = new Stage();
  const down = new OriginDownError('http://a', lost());
  const item = { ...ITEM, mirrors: ['http://b/br.gif'] };
  stage.queue.isOpen = (origin) => origin !== 'http://a';
  await new RowRequests(item, stage.run).untilWhole(stage.draft, undefined, down);
  assert.deepEqual(
    stage.requests.map(({ url }) => url),
    ['http://b/br.gif'],
  );
});

test('RowRequests: a row that was admitted to a mirror begins there', async () => {
  const stage = new Stage();
  const permit = await stage.queue.admit('http://c', {});
  const item = { ...ITEM, ...MIRRORS };
  await new RowRequests(item, stage.run).untilWhole(stage.draft, undefined, permit);
  assert.deepEqual(
    stage.requests.map(({ url }) => url),
    ['http://c/br.gif'],
  );
});

test('RowRequests: mirrors are tried one after another without a wait, then the first URL again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const answers = [new HttpStatusError(404), lost(), lost()];
  const { stage, log, whole } = start({ answers, tries: 4 }, MIRRORS);
  await settle();
  assert.deepEqual(
    log.filter((line) => line.startsWith('fetch')),
    [URL_A, URL_B, URL_C],
  );
  await stage.pass(t, 1_999);
  assert.equal(stage.requests.length, 3);
  await stage.pass(t, 1);
  await whole;
  assert.equal(stage.requests.at(-1)?.url, ITEM.url);
});

test('RowRequests: a 304 leads to no mirror', async () => {
  const { requests, whole } = start({ answers: [new HttpStatusError(304)] }, MIRRORS, {
    etag: '"1"',
  });
  await assert.rejects(whole, { status: 304 });
  assert.equal(requests.length, 1);
});

test('RowRequests: a mirror whose URL is not valid is not requested', async () => {
  const answers = [new HttpStatusError(404)];
  const { requests, whole } = start({ answers }, { mirrors: ['nonsense'] });
  await assert.rejects(whole, { code: 'ERR_INVALID_URL' });
  assert.equal(requests.length, 1);
});
