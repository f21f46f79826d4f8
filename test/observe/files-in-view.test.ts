import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestInFlight, RowWaiting } from '../../src/model/request-in-flight.ts';
import { FilesInView } from '../../src/observe/files-in-view.ts';
import { itemAt, request, waiting } from './under-way.ts';

function aRun(most = 5) {
  const activity = {
    received: 0,
    requests: new Set<RequestInFlight>(),
    waiting: new Set<RowWaiting>(),
  };
  return { ...activity, files: new FilesInView(activity, most) };
}

test('FilesInView: follows a file from its first request to its end', () => {
  const { requests, waiting: waits, files } = aRun();
  const first = request(1, 0, undefined);
  requests.add(first);
  assert.deepEqual(
    files.look(0)?.map(({ bytes, request }) => [bytes, request]),
    [[0, first]],
  );
  Object.assign(first, { length: 1_000 });
  for (let at = 0; at <= 2_000; at += 100) {
    first.received = at / 10;
    files.look(at);
  }
  const [file] = files.look(2_000) ?? [];
  assert.deepEqual(
    [file?.bytes, file?.length, Math.round(file?.bytesPerSecond ?? 0)],
    [200, 1_000, 100],
  );

  requests.delete(first);
  const wait = waiting(1, 9_000, { received: 200, length: 1_000 });
  waits.add(wait);
  const [waited] = files.look(3_000) ?? [];
  assert.deepEqual([waited?.bytes, waited?.request, waited?.wait], [200, undefined, wait]);

  waits.delete(wait);
  const second = { ...request(1, 0, undefined), attempt: 2 };
  requests.add(second);
  assert.equal(files.look(9_000)?.[0]?.bytes, 200, 'until it is known where the response begins');
  Object.assign(second, { offset: 200, length: 1_000, received: 100 });
  files.look(9_100);
  second.received = 200;
  const [resumed] = files.look(10_100) ?? [];
  assert.deepEqual([resumed?.bytes, resumed?.bytesPerSecond], [400, 100]);

  requests.delete(second);
  const outcome = { item: itemAt(1), status: 'ok', path: 'a', bytes: 1_000, attempts: 2 } as const;
  files.add(outcome, 11_000);
  const [ended] = files.look(11_000) ?? [];
  assert.deepEqual([ended?.bytes, ended?.outcome], [1_000, outcome]);
});

test('FilesInView: is in the order of the list, and ends with too many files', () => {
  const { requests, files } = aRun(2);
  requests.add(request(4, 0, undefined)).add(request(2, 0, undefined));
  assert.deepEqual(
    files.look(0)?.map(({ item }) => item.index),
    [2, 4],
  );
  requests.add(request(3, 0, undefined));
  assert.equal(files.look(100), undefined);
});
