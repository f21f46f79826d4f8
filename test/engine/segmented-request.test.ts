import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Event } from '../../src/concurrency/event.ts';
import { createTask } from '../../src/concurrency/index.ts';
import type { PendingRow } from '../../src/engine/preflight.ts';
import { SegmentedRequest } from '../../src/engine/segmented-request.ts';
import { HttpStatusError } from '../../src/model/failure.ts';
import type { BodyWriter, Fetch, Received, ResponseHead } from '../../src/model/response.ts';
import { RevokedError } from '../../src/model/revoked-error.ts';
import { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import { RevocableRequests } from '../../src/schedule/revocable-requests.ts';
import { settle } from '../concurrency/support.ts';

const MIB = 1024 * 1024;
const ORIGIN = 'http://a';
const DATA = Buffer.from(Array.from({ length: 3 * MIB }, (_, i) => (i >> 10) % 251));
const HEAD: ResponseHead = {
  httpStatus: 200,
  url: `${ORIGIN}/big`,
  offset: 0,
  length: DATA.length,
  etag: '"1"',
  acceptsRanges: true,
};

/** A draft in memory. Its disk is at once where it has to be, unless the test says otherwise. */
class Memory {
  readonly data = Buffer.alloc(DATA.length);
  /** How many bytes came from front to back. */
  length = 0;
  /** Unset while the disk is behind. */
  disk: Event | undefined;

  get part() {
    return { bytes: this.data.equals(DATA) ? DATA.length : this.length };
  }

  begin(): void {}

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.data.set(chunk, this.length);
    this.length += chunk.byteLength;
    return this.disk?.wait();
  }

  range(start: number) {
    let position = start;
    return {
      write: (chunk: Uint8Array): undefined => {
        this.data.set(chunk, position);
        position += chunk.byteLength;
      },
      finish: async () => {},
    };
  }

  async join() {}
  async restart() {}
  async discard() {}
  async commit() {
    return { path: 'big', bytes: DATA.length };
  }
}

/** A request, and what the test answers. */
interface Asked {
  readonly start: number;
  readonly end: number;
  readonly body: BodyWriter;
  /** Ends it, as a client's request would end that its task may be cancelled in. */
  readonly response: Pick<PromiseWithResolvers<Received>, 'resolve' | 'reject'>;
}

async function setUp(maxRequests = 3, revocable = new RevocableRequests()) {
  const queue = new AdmissionQueue<PendingRow>({ maxRequests });
  const asked: Asked[] = [];
  const fetch: Fetch = async ({ part, segment }, body) => {
    const { promise, ...response } = Promise.withResolvers<Received>();
    const ended = new Event();
    promise.then(
      () => ended.set(),
      () => ended.set(),
    );
    asked.push({ start: part?.bytes ?? 0, end: segment?.end ?? DATA.length, body, response });
    await ended.wait();
    return await promise;
  };
  const draft = new Memory();
  const permit = await queue.admit(ORIGIN, {});
  const run = { fetch, queue, paced: undefined };
  const options = { run, draft, origin: ORIGIN, permit, connections: 3 };
  const request = new SegmentedRequest({ url: HEAD.url }, options);
  const received = createTask(() => revocable.send(() => request.get()));
  await settle();
  return { asked, draft, permit, received, request, queue };
}

/** Sends bytes in pieces, whatever the body says about pausing. */
function send(body: BodyWriter, start: number, end: number): Promise<void>[] {
  const full: Promise<void>[] = [];
  for (let from = start; from < end; from += 100_000) {
    const pause = body.write(DATA.subarray(from, Math.min(end, from + 100_000)));
    if (pause !== undefined) full.push(pause);
  }
  return full;
}

function end({ start, end, response }: Asked): void {
  const timings = { sent: 0, firstByte: 1, end: 2 };
  response.resolve({ head: { ...HEAD, offset: start }, bytes: end - start, timings });
}

/** How many more requests may be in flight. */
function room(queue: AdmissionQueue<PendingRow>): number {
  const permits = [];
  for (let permit = queue.tryAdmit(ORIGIN); permit; permit = queue.tryAdmit(ORIGIN)) {
    permits.push(permit);
  }
  for (const permit of permits) permit.release();
  return permits.length;
}

test('SegmentedRequest: chunks that come while the first response is held are written in order', async () => {
  const { asked, draft, received, request } = await setUp();
  const [first] = asked as [Asked];
  first.body.begin(HEAD);
  const held = send(first.body, 0, 2 * MIB);
  await settle();
  assert.ok(held.length > 5);
  assert.deepEqual([asked.length, draft.length], [3, MIB]);
  asked[1]?.response.reject(new HttpStatusError(403));
  await settle();
  send(first.body, 2 * MIB, DATA.length);
  await Promise.all(held);
  end(first);
  assert.equal((await received).bytes, DATA.length);
  assert.ok(draft.data.equals(DATA));
  assert.equal(request.isRefused, true);
});

test('SegmentedRequest: a refused segment does not end the waits of the first response for the disk', async () => {
  const { asked, draft, received } = await setUp();
  const [first] = asked as [Asked];
  first.body.begin(HEAD);
  const held = send(first.body, 0, 2 * MIB);
  await settle();
  draft.disk = new Event();
  asked[1]?.response.reject(new HttpStatusError(403));
  await settle();
  draft.disk.set();
  send(first.body, 2 * MIB, DATA.length);
  await Promise.all(held);
  end(first);
  assert.equal((await received).bytes, DATA.length);
});

test('SegmentedRequest: the first response ends where a segment has begun to come', async () => {
  const { asked, draft, received, permit, queue } = await setUp();
  const [first] = asked as [Asked];
  first.body.begin(HEAD);
  const [held] = send(first.body, 0, MIB + 5);
  await settle();
  const [, second, third] = asked as [Asked, Asked, Asked];
  second.body.begin({ ...HEAD, offset: second.start });
  await assert.rejects(held ?? Promise.resolve(), (error: Error) => {
    first.response.reject(error);
    return error.name === 'SegmentEnd';
  });
  for (const each of [second, third]) {
    send(each.body, each.start, each.end);
    end(each);
  }
  const { bytes, head } = await received;
  assert.deepEqual([bytes, head.httpStatus], [DATA.length, 200]);
  assert.ok(draft.data.equals(DATA));
  permit.release();
  assert.equal(room(queue), 3);
});

test('SegmentedRequest: a cancellation gives all permits back but the first', async () => {
  const { asked, received, queue, permit } = await setUp();
  const [first] = asked as [Asked];
  first.body.begin(HEAD);
  // Before the tasks of the segments have begun.
  send(first.body, 0, 10);
  received.cancel();
  await assert.rejects(received);
  assert.equal(room(queue), 2);
  permit.release();
  assert.equal(room(queue), 3);
});

test('SegmentedRequest: all of its requests end when they are revoked', async () => {
  const revocable = new RevocableRequests();
  const { asked, received, permit, queue } = await setUp(3, revocable);
  const [first] = asked as [Asked];
  first.body.begin(HEAD);
  send(first.body, 0, 100_000);
  await settle();
  assert.equal(asked.length, 3);
  revocable.revoke();
  await assert.rejects(received, RevokedError);
  permit.release();
  assert.equal(room(queue), 3);
});
