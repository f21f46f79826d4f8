import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createTask } from '../../src/concurrency/index.ts';
import { classifyResponse, Redirect } from '../../src/fetch/classify-response.ts';
import { Exchange, type ExchangeOptions } from '../../src/fetch/exchange.ts';
import type { RequestControl } from '../../src/fetch/transport/request.ts';
import { ConnectionLostError, DeadlineError } from '../../src/model/failure.ts';
import type { BodyWriter, Received } from '../../src/model/response.ts';
import { Body } from '../support/body.ts';

/** A control that records its calls. */
class Control implements RequestControl {
  readonly calls: string[] = [];

  abort(): void {
    this.calls.push('abort');
  }

  pause(): void {
    this.calls.push('pause');
  }

  resume(): void {
    this.calls.push('resume');
  }
}

const ANY = {
  url: 'http://h/a',
  offset: 0,
  part: undefined,
  decode: false,
  maxSize: Number.POSITIVE_INFINITY,
};

const OPTIONS: ExchangeOptions = {
  classify: (head) => classifyResponse(head, ANY, () => 0),
  maxSize: ANY.maxSize,
  since: 0,
};

function start(
  body: BodyWriter = new Body(),
  signal?: AbortSignal,
  options: Partial<ExchangeOptions> = {},
) {
  const exchange = new Exchange(body, { ...OPTIONS, ...options });
  const control = new Control();
  const received = receive(exchange, signal);
  exchange.steer(control);
  exchange.onSent(false);
  const respond = (status: number, headers: Record<string, string> = {}, statusText?: string) =>
    exchange.onHead({ status, headers, statusText });
  const send = (text: string) => exchange.onData(Buffer.from(text));
  const fail = (error: Error) => exchange.onError(error);
  return {
    exchange,
    control,
    received,
    respond,
    send,
    fail,
    end: () => exchange.onEnd(),
  };
}

/** The result of an exchange that is not a redirect. */
async function receive(exchange: Exchange, signal?: AbortSignal): Promise<Received> {
  const received = await exchange.begin(signal);
  if (received instanceof Redirect) assert.fail('a redirect');
  return received;
}

/** The parts of a result that the tests compare. */
async function inShort(received: Promise<Received>) {
  const { head, bytes } = await received;
  return { httpStatus: head.httpStatus, bytes };
}

function lost(): Error {
  return new ConnectionLostError('the server closed the connection');
}

test('Exchange: passes a whole body on piece by piece, and counts its bytes', async () => {
  const body = new Body();
  const { received, respond, send, end } = start(body);
  respond(200, { 'content-length': '7' });
  send('GIF');
  assert.equal(body.text, 'GIF');
  send('89é');
  end();
  assert.deepEqual(await inShort(received), { httpStatus: 200, bytes: 7 });
  assert.equal(body.text, 'GIF89é');
});

test('Exchange: accepts a body of unknown length', async () => {
  const { received, respond, send, end } = start();
  respond(203);
  send('GIF');
  end();
  assert.deepEqual(await inShort(received), { httpStatus: 203, bytes: 3 });
});

test('Exchange: skips an interim response', async () => {
  const { received, respond, send, end } = start();
  respond(103, { link: '</x>', 'content-length': '99' });
  respond(200, { 'content-length': '3' });
  send('GIF');
  end();
  assert.deepEqual(await inShort(received), { httpStatus: 200, bytes: 3 });
});

test('Exchange: truncated when the body is shorter than announced', async () => {
  const { received, respond, send, end } = start();
  respond(200, { 'content-length': '3' });
  send('GI');
  end();
  await assert.rejects(received, {
    name: 'TruncatedError',
    message: 'the body had 2 bytes in place of 3',
  });
});

test('Exchange: passes nothing on of the piece that exceeds the announced length', async () => {
  const body = new Body();
  const { received, respond, send, fail } = start(body);
  respond(200, { 'content-length': '3' });
  send('GI');
  assert.throws(
    () => send('F89a'),
    (error: Error) => {
      // Like a connection when its handler throws.
      fail(error);
      return error.message === 'it sends more than the 3 bytes that it announces';
    },
  );
  await assert.rejects(received, { name: 'ProtocolError' });
  assert.equal(body.text, 'GI');
});

test('Exchange: fails after too many interim responses', async () => {
  const { received, respond, control } = start();
  for (let i = 0; i < 10; i++) respond(103);
  assert.deepEqual(control.calls, []);
  respond(103);
  await assert.rejects(received, {
    reason: 'protocol',
    message: 'more than 10 interim responses, and no other',
  });
  assert.deepEqual(control.calls, ['abort']);
});

test('Exchange: truncated when the connection ends within the body', async () => {
  const { received, respond, send, fail } = start();
  respond(200, { 'content-length': '9' });
  send('GIF');
  const cause = lost();
  fail(cause);
  await assert.rejects(received, { name: 'TruncatedError', reason: 'truncated', cause });
});

test('Exchange: connection-lost when the connection ends before the response', async () => {
  const { received, fail } = start();
  const cause = lost();
  fail(cause);
  await assert.rejects(received, (error) => error === cause);
});

test('Exchange: passes other failures within the body on', async () => {
  const { received, respond, fail } = start();
  respond(200);
  const late = new DeadlineError('timeout-idle', 30_000);
  fail(late);
  await assert.rejects(received, (error) => error === late);
});

test('Exchange: reads an error page to its end, and does not save it', async () => {
  const body = new Body();
  const { control, received, respond, send, end } = start(body);
  respond(503, { 'content-length': '4' }, 'Service Unavailable');
  send('Sor');
  send('ry');
  end();
  const refusal = { name: 'HttpStatusError', status: 503, message: '503 Service Unavailable' };
  await assert.rejects(received, refusal);
  assert.equal(body.text, '');
  assert.deepEqual(control.calls, [], 'the connection is kept');
});

test('Exchange: gives up an error page that is announced as long', async () => {
  const { control, received, respond } = start();
  respond(500, { 'content-length': `${64 * 1024 + 1}` });
  await assert.rejects(received, { status: 500 });
  assert.deepEqual(control.calls, ['abort']);
});

test('Exchange: a 304 has no body, whatever length it states', async () => {
  const { control, received, respond, end } = start();
  respond(304, { 'content-length': '1000000' });
  end();
  await assert.rejects(received, { status: 304 });
  assert.deepEqual(control.calls, []);
});

test('Exchange: gives up a long error page', async () => {
  const { control, received, respond, send } = start();
  respond(500);
  send('x'.repeat(64 * 1024));
  assert.deepEqual(control.calls, []);
  send('x');
  await assert.rejects(received, { status: 500 });
  assert.deepEqual(control.calls, ['abort']);
});

test('Exchange: gives up an endless error page after a second', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  const { control, received, respond, send } = start();
  respond(500);
  t.mock.timers.tick(0);
  send('x');
  t.mock.timers.tick(999);
  assert.deepEqual(control.calls, []);
  t.mock.timers.tick(1);
  await assert.rejects(received, { status: 500 });
  assert.deepEqual(control.calls, ['abort']);
});

test('Exchange: an error page that ends in time leaves no timer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  const { control, received, respond, end } = start();
  respond(500);
  t.mock.timers.tick(0);
  end();
  await assert.rejects(received, { status: 500 });
  t.mock.timers.tick(5_000);
  assert.deepEqual(control.calls, []);
});

for (const cause of [lost(), new DeadlineError('timeout-idle', 30_000)]) {
  test(`Exchange: an error page that ends with ${cause.name} still counts as the response`, async () => {
    const { received, respond, send, fail } = start();
    respond(404, { 'content-length': '999' });
    send('Not f');
    fail(cause);
    await assert.rejects(received, { name: 'HttpStatusError', status: 404 });
  });
}

for (const status of [202, 204, 205, 301, 302, 304, 307, 400, 401, 404, 410, 500, 503]) {
  test(`Exchange: ${status} does not carry the file`, async () => {
    const { received, respond, end } = start();
    respond(status);
    end();
    await assert.rejects(received, { name: 'HttpStatusError', status });
  });
}

for (const status of [200, 201, 203, 226]) {
  test(`Exchange: ${status} carries the file`, async () => {
    const { received, respond, send, end } = start();
    respond(status);
    send('GIF');
    end();
    assert.deepEqual(await inShort(received), { httpStatus: status, bytes: 3 });
  });
}

test('Exchange: pauses the sender for as long as the body asks', async () => {
  const full = Promise.withResolvers<void>();
  const { control, received, respond, send, end } = start({
    begin() {},
    write: () => full.promise,
  });
  respond(200);
  send('GIF');
  await setImmediate();
  assert.deepEqual(control.calls, ['pause']);
  full.resolve();
  await setImmediate();
  assert.deepEqual(control.calls, ['pause', 'resume']);
  end();
  await received;
});

test('Exchange: fails when the body cannot be saved', async () => {
  const full = Object.assign(new Error('disk full'), { code: 'ENOSPC' });
  const { control, received, respond, send } = start({
    begin() {},
    write: () => Promise.reject(full),
  });
  respond(200);
  send('GIF');
  await assert.rejects(received, (error) => error === full);
  assert.deepEqual(control.calls, ['pause', 'abort']);
});

test('Exchange: an abort ends the wait with its reason, and the request', async () => {
  const stopping = new AbortController();
  const { control, received, respond } = start(new Body(), stopping.signal);
  respond(200);
  const stopped = new Error('stopped');
  stopping.abort(stopped);
  await assert.rejects(received, (error) => error === stopped);
  assert.deepEqual(control.calls, ['abort']);
  assert.equal(getEventListeners(stopping.signal, 'abort').length, 0);
});

test('Exchange: cancelling its task ends the request', async () => {
  const control = new Control();
  const task = createTask((): Promise<Received> => {
    const exchange = new Exchange(new Body(), OPTIONS);
    const received = receive(exchange);
    exchange.steer(control);
    return received;
  });
  await setImmediate();
  task.cancel();
  await assert.rejects(task, { name: 'CancelledError' });
  assert.deepEqual(control.calls, ['abort']);
});

test('Exchange: one given up before it has a connection is aborted when it gets one', async () => {
  const stopping = new AbortController();
  const exchange = new Exchange(new Body(), OPTIONS);
  const received = exchange.begin(stopping.signal);
  stopping.abort(new Error('stopped'));
  await assert.rejects(received, { message: 'stopped' });
  const control = new Control();
  exchange.steer(control);
  assert.deepEqual(control.calls, ['abort']);
});

test('Exchange: ignores events after the end', async () => {
  const { received, respond, send, end, fail } = start();
  respond(200);
  send('GIF');
  end();
  fail(lost());
  assert.equal((await received).bytes, 3);
});

test('Exchange: the meter counts the bytes of the file as they are sent, and not those of other bodies', async () => {
  const counted: unknown[] = [];
  const meter = {
    begin: (offset: number, length?: number) => counted.push([offset, length]),
    add: (bytes: number) => counted.push(bytes),
  };
  const file = start(new Body(), undefined, { meter });
  file.respond(200, { 'content-length': '5' });
  file.send('abc');
  file.send('de');
  file.exchange.onEnd();
  await file.received;
  const unknown = start(new Body(), undefined, { meter });
  unknown.respond(200);
  unknown.send('x');
  unknown.exchange.onEnd();
  await unknown.received;
  const refused = start(new Body(), undefined, { meter });
  refused.respond(503, { 'content-length': '2' });
  refused.send('no');
  refused.exchange.onEnd();
  await assert.rejects(refused.received);
  assert.deepEqual(counted, [[0, 5], 3, 2, [0, undefined], 1]);
});
