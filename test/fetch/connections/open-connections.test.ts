import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  OpenConnections,
  type PlaceRequest,
} from '../../../src/fetch/connections/open-connections.ts';
import { LinkedEntry } from '../../../src/fetch/transport/linked-list.ts';

/** Connections with names, and a clock that the test advances. */
function open(t: TestContext, max: number) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let time = 1_000;
  const connections = new OpenConnections({ max, now: () => time });
  const granted: string[] = [];
  const closed: string[] = [];
  t.after(() => connections[Symbol.dispose]());
  return {
    connections,
    granted,
    closed,
    request(name: string): LinkedEntry<PlaceRequest> {
      const entry = new LinkedEntry<PlaceRequest>({ granted: () => void granted.push(name) });
      connections.join(entry);
      return entry;
    },
    idle(name: string): LinkedEntry<Disposable> {
      const entry = new LinkedEntry<Disposable>({
        [Symbol.dispose]() {
          closed.push(name);
          connections.becameBusy(entry);
          connections.leave();
        },
      });
      connections.becameIdle(entry);
      return entry;
    },
    elapse(ms: number) {
      time += ms;
      t.mock.timers.tick(ms);
    },
  };
}

test('OpenConnections: at the limit attempts wait, first come, first served', (t) => {
  const { connections, request, granted } = open(t, 2);
  for (const name of ['1', '2', '3', '4']) request(name);
  assert.deepEqual(granted, ['1', '2']);
  connections.leave();
  assert.deepEqual(granted, ['1', '2', '3']);
  connections.leave();
  assert.deepEqual([granted, connections.size], [['1', '2', '3', '4'], 2]);
});

test('OpenConnections: at the limit the idle connection used least recently is closed', (t) => {
  const { connections, request, idle, granted, closed } = open(t, 3);
  for (const name of ['1', '2', '3']) request(name);
  const one = idle('1');
  idle('2');
  // Used again, so it is the latest.
  connections.becameBusy(one);
  connections.becameIdle(one);
  request('4');
  assert.deepEqual([closed, granted.at(-1)], [['2'], '4']);
  request('5');
  assert.deepEqual([closed, granted.at(-1), connections.size], [['2', '1'], '5', 3]);
});

test('OpenConnections: a connection that becomes idle is closed at once for an attempt that waits', (t) => {
  const { request, idle, granted, closed } = open(t, 1);
  for (const name of ['1', '2']) request(name);
  idle('1');
  assert.deepEqual([closed, granted], [['1'], ['1', '2']]);
});

test('OpenConnections: an attempt given up while it waits is skipped', (t) => {
  const { connections, request, granted } = open(t, 1);
  const [first, second] = ['1', '2', '3'].map((name) => request(name)) as [
    LinkedEntry<PlaceRequest>,
    LinkedEntry<PlaceRequest>,
  ];
  assert.deepEqual([connections.cancel(second), connections.cancel(first)], [true, false]);
  connections.leave();
  assert.deepEqual(granted, ['1', '3']);
});

test('OpenConnections: without a limit all are granted, and none is closed', (t) => {
  const { request, idle, granted, closed } = open(t, Number.POSITIVE_INFINITY);
  for (let i = 0; i < 100; i++) {
    request(String(i));
    idle(String(i));
  }
  assert.deepEqual([granted.length, closed], [100, []]);
});

test('OpenConnections: a refusal for lack of files closes idle connections, and is tried again', (t) => {
  const { connections, request, idle, granted, closed, elapse } = open(t, 1_000);
  const requests = Array.from({ length: 21 }, (_, i) => request(String(i)));
  for (let i = 0; i < 10; i++) idle(String(i));
  connections.retry(requests[20] as LinkedEntry<PlaceRequest>, true);
  // A tenth fewer than the 20 that were open.
  assert.deepEqual([closed, connections.size], [['0', '1'], 18]);
  elapse(99);
  assert.equal(granted.length, 21);
  elapse(1);
  assert.deepEqual([granted.at(-1), closed, connections.size], ['20', ['0', '1', '2'], 18]);
});

test('OpenConnections: attempts refused together lower the limit once', (t) => {
  const { connections, request, granted, elapse } = open(t, 1_000);
  const requests = Array.from({ length: 110 }, (_, i) => request(String(i)));
  for (const each of requests.slice(100)) connections.retry(each, true);
  assert.equal(connections.size, 100);
  // 98 of the 109 that seemed to be open may stay.
  elapse(100);
  assert.equal(granted.length, 110);
  for (let i = 0; i < 12; i++) connections.leave();
  assert.deepEqual([connections.size, granted.length], [98, 120]);
});

test('OpenConnections: a learned limit is forgotten, even when nothing is closed', (t) => {
  const { connections, request, granted, elapse } = open(t, 1_000);
  const requests = Array.from({ length: 11 }, (_, i) => request(String(i)));
  connections.retry(requests[10] as LinkedEntry<PlaceRequest>, true);
  request('late');
  for (let i = 0; i < 99; i++) elapse(100);
  assert.equal(granted.length, 11);
  elapse(100);
  assert.deepEqual(granted.slice(11), ['late', '10']);
});

test('OpenConnections: when ports ran out others go on, and the attempt is tried again', (t) => {
  const { connections, request, idle, granted, closed, elapse } = open(t, 1_000);
  const first = request('1');
  request('2');
  idle('2');
  connections.retry(first, false);
  request('3');
  assert.deepEqual([granted, closed], [['1', '2', '3'], []]);
  elapse(100);
  assert.deepEqual([granted.at(-1), closed], ['1', []]);
});

test('OpenConnections: an attempt that will be tried again can be given up', (t) => {
  const { connections, request, granted, elapse } = open(t, 10);
  const first = request('1');
  connections.retry(first, true);
  assert.equal(connections.cancel(first), true);
  elapse(200);
  assert.deepEqual([granted, connections.size], [['1'], 0]);
});

test('OpenConnections: grants nothing after disposal', (t) => {
  const { connections, request, granted, elapse } = open(t, 1);
  const [first] = ['1', '2'].map((name) => request(name));
  connections.retry(first as LinkedEntry<PlaceRequest>, true);
  connections[Symbol.dispose]();
  connections.leave();
  elapse(1_000);
  request('3');
  assert.deepEqual(granted, ['1', '2']);
});
