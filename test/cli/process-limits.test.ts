import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestsThatFit } from '../../src/cli/process-limits.ts';

const limits = (soft: string) => `\
Limit                     Soft Limit           Hard Limit           Units
Max processes             96000                96000                processes
Max open files            ${soft}                 1048576              files
`;

for (const [soft, requests] of [
  ['64', 12],
  ['1024', 492],
  ['20', 1],
  ['unlimited', Number.POSITIVE_INFINITY],
] as const) {
  test(`requestsThatFit: ${requests} into ${soft} files`, () => {
    assert.equal(requestsThatFit(limits(soft)), requests);
  });
}

test('requestsThatFit: no limit where the system does not say', () => {
  assert.equal(requestsThatFit(''), Number.POSITIVE_INFINITY);
});
