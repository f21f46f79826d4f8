import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WaitingRequests } from '../../../src/fetch/connections/waiting-requests.ts';
import type { RequestControl, ResponseHandler } from '../../../src/fetch/transport/request.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { RecordingHandler } from '../../support/recording-handler.ts';

const request = (target: string) => ({ target, authority: 'flags.example', headers: {} });

/** A connection that records requests, and how they were controlled. */
function sender() {
  const log: unknown[] = [];
  return {
    log,
    send({ target }: { readonly target: string }, handler: ResponseHandler): RequestControl {
      log.push([target, handler]);
      return {
        abort: () => log.push('abort'),
        pause: () => log.push('pause'),
        resume: () => log.push('resume'),
      };
    },
  };
}

test('WaitingRequests: sends the request that has waited longest, with its handler', () => {
  const waiting = new WaitingRequests();
  const [first, second] = [new RecordingHandler(), new RecordingHandler()];
  waiting.put(request('/1'), first);
  waiting.put(request('/2'), second);
  const { log, ...to } = sender();
  waiting.take()?.sendOn(to);
  assert.equal(waiting.size, 1);
  waiting.take()?.sendOn(to);
  assert.deepEqual(log, [
    ['/1', first],
    ['/2', second],
  ]);
  assert.deepEqual([waiting.size, waiting.take()], [0, undefined]);
});

test('WaitingRequests: controls a request where it was sent', () => {
  const waiting = new WaitingRequests();
  const told = new RecordingHandler();
  const control = waiting.put(request('/'), told);
  // Nothing comes before it is sent, so a pause has nothing to hold back.
  control.pause();
  control.resume();
  const { log, ...to } = sender();
  waiting.take()?.sendOn(to);
  control.pause();
  control.resume();
  control.abort();
  assert.deepEqual(log, [['/', told], 'pause', 'resume', 'abort']);
  assert.equal(waiting.size, 0);
});

test('WaitingRequests: skips an aborted request, which counts once', () => {
  const waiting = new WaitingRequests();
  const told = ['/1', '/2', '/3'].map(() => new RecordingHandler());
  const [first, second] = told.map((each) => waiting.put(request('/'), each));
  for (let i = 0; i < 2; i++) {
    first?.abort();
    second?.abort();
  }
  assert.equal(waiting.size, 1);
  const { log, ...to } = sender();
  waiting.take()?.sendOn(to);
  assert.deepEqual([log, waiting.size], [[['/', told[2]]], 0]);
  first?.abort();
  assert.deepEqual([waiting.take(), waiting.size], [undefined, 0]);
});

test('WaitingRequests: fails all waiting requests, but not the aborted ones', () => {
  const waiting = new WaitingRequests();
  const told = ['/1', '/2', '/3'].map(() => new RecordingHandler());
  const [, second] = told.map((each) => waiting.put(request('/'), each));
  second?.abort();
  const error = new Error('closed');
  waiting.fail(error);
  waiting.fail(new Error('again'));
  assert.deepEqual(
    told.map((each) => each.error),
    [error, undefined, error],
  );
  assert.equal(waiting.size, 0);
});

test('WaitingRequests: also fails a request that began to wait because another failed', () => {
  const waiting = new WaitingRequests();
  const next = new RecordingHandler();
  const told = Object.assign(new RecordingHandler(), {
    onError: () => void waiting.put(request('/next'), next),
  });
  waiting.put(request('/'), told);
  waiting.fail(new Error('closed'));
  assert.equal(next.error?.message, 'closed');
});

test('WaitingRequests: behaves like a filtered array', () => {
  const step = fc.oneof(fc.constantFrom('put', 'take'), fc.nat({ max: 30 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const waiting = new WaitingRequests();
      const controls: RequestControl[] = [];
      let model: number[] = [];
      const { log, ...to } = sender();
      for (const each of steps) {
        if (each === 'put') {
          model.push(controls.length);
          controls.push(waiting.put(request(String(controls.length)), new RecordingHandler()));
        } else if (each === 'take') {
          const taken = waiting.take();
          taken?.sendOn(to);
          const expected = model.shift();
          const sent = log.splice(0)[0] as [string] | undefined;
          assert.equal(sent?.[0], expected === undefined ? undefined : String(expected));
        } else {
          controls[Number(each)]?.abort();
          log.length = 0;
          model = model.filter((n) => n !== each);
        }
        assert.equal(waiting.size, model.length);
      }
    }),
    propertyRuns(),
  );
});
