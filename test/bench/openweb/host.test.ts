import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type HostKind,
  hostName,
  hostOf,
  latenessOf,
  parseHostName,
} from '../../../bench/openweb/host.ts';
import { ANSWERED_MIX, USUAL_MIX } from '../../../bench/openweb/mixes.ts';

const HOSTS = 20_000;
const numbers = Array.from({ length: HOSTS }, (_, number) => number);

test('hostOf: a mix has as many hosts of each kind as it says', () => {
  const kinds = Map.groupBy(numbers, (number) => hostOf(number, USUAL_MIX).kind);
  const perMille = (kind: HostKind) => ((kinds.get(kind)?.length ?? 0) / HOSTS) * 1000;
  for (const [kind, wanted] of Object.entries(USUAL_MIX.perMille)) {
    const found = perMille(kind as HostKind);
    assert.ok(Math.abs(found - wanted) < 4, `${kind}: ${found} of a thousand, not ${wanted}`);
  }
});

test('hostOf: without silent names, the silent hosts are good and no other host changes', () => {
  for (const number of numbers) {
    const [usual, answered] = [hostOf(number, USUAL_MIX), hostOf(number, ANSWERED_MIX)];
    assert.equal(answered.kind, usual.kind === 'silent' ? 'good' : usual.kind);
    assert.equal(answered.nameDelay, usual.nameDelay);
  }
});

test('hostOf, latenessOf: delays are spread over the range of the mix', () => {
  const extremes = (delays: readonly number[]) => [Math.min(...delays), Math.max(...delays)];
  assert.deepEqual(
    extremes(numbers.map((number) => hostOf(number, USUAL_MIX).nameDelay)),
    [20, 100],
  );
  assert.deepEqual(extremes(numbers.map((number) => latenessOf(number, USUAL_MIX))), [30, 430]);
});

test('parseHostName: reads the result of hostName, in upper or lower case', () => {
  const host = hostOf(17, USUAL_MIX);
  assert.deepEqual(parseHostName(hostName(host)), host);
  assert.deepEqual(parseHostName(hostName(host).toUpperCase()), host);
});

test('parseHostName: another name is no host', () => {
  for (const name of [
    'web.test',
    'h1.web.test',
    'h1-lost-20.web.test',
    'h1-good-20.web.test.lan',
  ]) {
    assert.equal(parseHostName(name), undefined);
  }
});
