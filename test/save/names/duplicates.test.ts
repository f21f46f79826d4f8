import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpStatusError } from '../../../src/model/failure.ts';
import { type Item, itemOf, type RowDetails } from '../../../src/model/item.ts';
import {
  cancelledOutcome,
  failedOutcome,
  type Outcome,
  skippedOutcome,
} from '../../../src/model/outcome.ts';
import { Duplicates } from '../../../src/save/names/duplicates.ts';
import { compileTemplate } from '../../../src/save/names/name-template.ts';

let index = 0;

function row(url: string, details: RowDetails = {}): Item {
  return itemOf({ url, ...details }, index++);
}

/** The rows that were the first of their kind, by their numbers. */
function firstsOf(items: readonly Item[], template?: string, ledger = false): number[] {
  const taken: string[] = [];
  const hasBeenTaken = (item: Item, url: string) => {
    const id = (of: string) => `${of} ${item.name}`;
    const isTaken = taken.includes(id(url));
    taken.push(id(item.url));
    return isTaken;
  };
  const duplicates = new Duplicates({
    template: compileTemplate(template),
    ...(ledger ? { hasBeenTaken } : {}),
  });
  return items.flatMap((item, number) =>
    duplicates.enter(item, true) === 'first' ? [number] : [],
  );
}

const CHECKSUM = { algorithm: 'md5', hex: '0'.repeat(32) } as const;

for (const ledger of [false, true]) {
  const where = ledger ? 'with a ledger' : 'without a ledger';

  test(`Duplicates.enter: a URL is one download, ${where}`, () => {
    const urls = [
      'http://h/a',
      'http://h/b',
      'http://h/a',
      'http://h/a?',
      'http://h/a?x',
      'http://h/b',
    ];
    assert.deepEqual(
      firstsOf(
        urls.map((url) => row(url)),
        undefined,
        ledger,
      ),
      [0, 1, 3, 4],
    );
  });

  test(`Duplicates.enter: the same request written otherwise is the same download, ${where}`, () => {
    const urls = ['http://h/a#1', 'http://h/a#2', 'http://h/a', 'HTTP://H:80/b/../a'];
    assert.deepEqual(
      firstsOf(
        urls.map((url) => row(url)),
        undefined,
        ledger,
      ),
      [0],
    );
    assert.deepEqual(
      firstsOf(
        urls.reverse().map((url) => row(url)),
        undefined,
        ledger,
      ),
      [0],
    );
    const logins = ['http://u:1@h/a', 'http://u:2@h/a', 'http://u:1@h/a'];
    assert.deepEqual(
      firstsOf(
        logins.map((url) => row(url)),
        undefined,
        ledger,
      ),
      [0, 1],
    );
  });

  test(`Duplicates.enter: other names, places, checksums and headers are other downloads, ${where}`, () => {
    const all: readonly RowDetails[] = [
      {},
      { name: 'x' },
      { directory: 'd' },
      { checksum: CHECKSUM },
      { headers: { cookie: 'a' } },
      { headers: { cookie: 'b' } },
    ];
    const items = [...all, ...all.slice(1)].map((details) => row('http://h/a', details));
    assert.deepEqual(firstsOf(items, undefined, ledger), [0, 1, 2, 3, 4, 5]);
    // What else has the URL goes elsewhere, so it is no reason to leave this one out.
    const later = [row('http://h/a', { directory: 'd' }), row('http://h/a'), row('http://h/a')];
    assert.deepEqual(firstsOf(later, undefined, ledger), [0, 1]);
  });
}

test('Duplicates.enter: rows with columns or numbers in their names differ in these', () => {
  const [one, two] = [{ columns: { c: '1' } }, { columns: { c: '2' } }];
  const items = [one, two, one].map((details) => row('http://h/a', details));
  assert.deepEqual(firstsOf(items, '{c}'), [0, 1]);
  assert.deepEqual(firstsOf(items, '{name}'), [0]);
  assert.deepEqual(firstsOf(items, '{index}'), [0, 1, 2]);
});

function duplicatesOf(first: Item, ...others: readonly Item[]): Duplicates {
  const duplicates = new Duplicates({ template: compileTemplate() });
  assert.equal(duplicates.enter(first, true), 'first');
  for (const other of others) assert.equal(duplicates.enter(other, true), 'waiting');
  return duplicates;
}

function okOf(item: Item): Outcome {
  return { item, status: 'ok', bytes: 1, path: 'a', attempts: 1 };
}

test('Duplicates.end: rows that waited are skipped once the first has its file', () => {
  const [first, second, third] = [row('http://h/a'), row('http://h/a'), row('http://h/a')];
  const duplicates = duplicatesOf(first, second, third);
  const ends = duplicates.end(okOf(first));
  assert.deepEqual(
    ends.map(({ item, status, reason, path }) => [item, status, reason, path]),
    [
      [second, 'skipped', 'duplicate', undefined],
      [third, 'skipped', 'duplicate', undefined],
    ],
  );
  assert.equal(duplicates.enter(row('http://h/a'), true), 'repeated');
  assert.deepEqual(duplicates.end(skippedOutcome(row('http://h/b'), 'not-modified')), []);
});

test('Duplicates.end: rows that waited fail as the first did, and a later one is a try of its own', () => {
  const [first, second] = [row('http://h/a'), row('http://h/a')];
  const duplicates = duplicatesOf(first, second);
  const cause = new HttpStatusError(503);
  const [end, ...others] = duplicates.end({ ...failedOutcome(first, cause), attempts: 4 });
  assert.deepEqual(others, []);
  assert.deepEqual([end?.status, end?.reason, end?.attempts], ['failed', 'http-503', 0]);
  assert.deepEqual([end?.error?.item, end?.error?.cause], [second, cause]);
  const again = row('http://h/a');
  assert.equal(duplicates.enter(again, true), 'first');
  assert.deepEqual(duplicates.end(okOf(again)), []);
  assert.equal(duplicates.enter(row('http://h/a'), true), 'repeated');
});

test('Duplicates.end: rows that waited for a cancelled row are cancelled', () => {
  const [first, second] = [row('http://h/a'), row('http://h/a')];
  const ends = duplicatesOf(first, second).end(cancelledOutcome(first));
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['cancelled'],
  );
});

test('Duplicates.enter: a file of an earlier run is no other download', () => {
  const duplicates = new Duplicates({ template: compileTemplate() });
  assert.equal(duplicates.enter(row('http://h/a'), false), 'first');
  assert.equal(duplicates.enter(row('http://h/a'), true), 'repeated');
});
