import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpStatusError } from '../../src/model/failure.ts';
import { failedOutcome, type Outcome, skippedOutcome } from '../../src/model/outcome.ts';
import { Findings } from '../../src/report/findings.ts';

const item = (index: number) => ({ index, url: `https://u:p@example.com/${index}` });

test('Findings: an entry for each way to end, the most frequent first, with the first of its rows', () => {
  const findings = new Findings();
  const ok: Outcome = { item: item(0), status: 'ok', bytes: 10, attempts: 1 };
  const failed = (index: number, status: number) =>
    failedOutcome(item(index), new HttpStatusError(status));
  for (const outcome of [
    failed(1, 503),
    ok,
    failed(2, 500),
    failed(3, 503),
    { ...ok, bytes: 5 },
    ok,
  ]) {
    findings.add(outcome);
  }
  findings.add(skippedOutcome(item(4), 'already-there'));
  const found = findings.all();
  assert.deepEqual(
    found.map(({ status, reason, rows, bytes, example }) => [
      status,
      reason,
      rows,
      bytes,
      example.url,
    ]),
    [
      ['ok', undefined, 3, 25, 'https://example.com/0'],
      ['failed', 'http-503', 2, 0, 'https://example.com/1'],
      ['failed', 'http-500', 1, 0, 'https://example.com/2'],
      ['skipped', 'already-there', 1, 0, 'https://example.com/4'],
    ],
  );
  assert.equal(found[1]?.example.message, '503');
  findings.add(ok);
  assert.equal(found[0]?.rows, 3);
});
