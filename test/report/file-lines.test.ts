import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DownloadError, HttpStatusError } from '../../src/model/failure.ts';
import type { FileInView } from '../../src/observe/files-in-view.ts';
import { fileLines } from '../../src/report/file-lines.ts';
import { widthOf } from '../../src/report/fit.ts';
import { request, waiting } from '../observe/under-way.ts';

function view(more: Partial<FileInView>, url = 'http://a.example/big.iso'): FileInView {
  return {
    ...{ item: { index: 0, url }, bytes: 0, length: undefined, bytesPerSecond: 0 },
    ...{ request: undefined, wait: undefined, outcome: undefined },
    ...more,
  };
}

const MOVING = view({
  ...{ bytes: 12_300_000, length: 27_000_000, bytesPerSecond: 2_100_000 },
  request: request(0, 12_300_000, 27_000_000),
});

const lineOf = (file: FileInView, columns = 80) => fileLines([file], columns, 5_000)[0] ?? '';

test('fileLines: name, percent, bar, sizes, speed and time left', () => {
  assert.equal(
    lineOf(MOVING),
    'big.iso   45% █████████░░░░░░░░░░░░  12.3 MB of 27.0 MB    2.1 MB/s    0:07 left',
  );
  assert.equal(lineOf(MOVING, 40), 'big.iso   45%   2.1 MB/s    0:07 left');
});

test('fileLines: without a length there is neither a percentage nor a time left', () => {
  const file = view({ bytes: 5_000, bytesPerSecond: 100, request: request(0, 5_000, undefined) });
  assert.match(lineOf(file), /^big\.iso {9}5\.0 kB {4}100 B\/s$/);
});

test('fileLines: what a file waits for, in narrow terminals too', () => {
  const wait = waiting(0, 9_000);
  assert.equal(lineOf(view({ wait })), 'big.iso  503 from a.example, again in 4 s (2 of 4)');
  const partial = view({ wait, bytes: 45, length: 100 });
  assert.match(lineOf(partial), /^big\.iso {3}45% 503 from a\.example, again in 4 s/);
  assert.equal(lineOf(view({ wait }), 40), 'big.iso  503, again in 4 s (2 of 4)');
  const late = view({ request: { ...request(0, 0, undefined), attempt: 2 } });
  assert.equal(lineOf(late), 'big.iso  no answer for 5.0 s (try 2)');
  assert.equal(
    lineOf(view({ request: { ...request(0, 0, undefined), sentAt: 4_500 } })),
    'big.iso  connecting',
  );
  assert.equal(lineOf(view({ bytes: 100, length: 100 })), 'big.iso  100% 100 B, saving');
});

test('fileLines: how a file ended', () => {
  const item = { index: 0, url: 'http://a.example/x' };
  const ended = { item, bytes: 18, attempts: 1 };
  const error = new DownloadError(item, new HttpStatusError(500, 'No\x1b[2J'));
  assert.equal(
    lineOf(view({ outcome: { ...ended, status: 'ok', path: 'out/y.txt' } })),
    'y.txt  100%     18 B saved',
  );
  assert.equal(
    lineOf(view({ outcome: { ...ended, status: 'skipped', reason: 'already-there' } })),
    'big.iso  skipped: already there',
  );
  assert.equal(lineOf(view({ outcome: { ...ended, status: 'not-found' } })), 'big.iso  not found');
  assert.equal(
    lineOf(view({ outcome: { ...ended, status: 'failed', error } })),
    'big.iso  failed: 500 No\\x1b[2J',
  );
});

test('fileLines: names are safe, shortened by columns, and aligned', () => {
  const urls = [
    'http://a/%1b%5B2J.txt',
    'http://a/%E6%97%A5%E6%9C%AC%E8%AA%9E'.repeat(3),
    'http://a/',
  ];
  const files = urls.map((url, index) => view({ ...MOVING, item: { index, url } }));
  for (const columns of [20, 40, 60, 200]) {
    const lines = fileLines(files, columns, 5_000);
    for (const line of lines) assert.ok(widthOf(line) <= columns, line);
    assert.ok(lines.every((line) => !line.includes('\x1b')));
  }
  const starts = fileLines(files, 80, 5_000).map((line) =>
    widthOf(line.slice(0, line.indexOf('45%'))),
  );
  assert.equal(new Set(starts).size, 1);
});
