import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { BloomFilter } from '../../../src/ledger/match/bloom-filter.ts';
import { hashedIdentity, PreviousRecords } from '../../../src/ledger/match/previous-records.ts';
import { ListOrder, ReplayCursor } from '../../../src/ledger/match/replay-cursor.ts';
import { CREATE_TABLES } from '../../../src/ledger/schema.ts';
import { Places } from '../../../src/ledger/write/places.ts';
import { IdSet, RowRegister, type TakenRow } from '../../../src/ledger/write/row-register.ts';
import { propertyRuns } from '../../support/property-runs.ts';

// Slow: starts threads.

const URL_A = 'https://example.com/a';

/** A ledger in memory, as much of it as rows are known by. */
class MemoryLedger {
  readonly database = new DatabaseSync(':memory:');
  lookups = 0;
  #run = 0;

  constructor(t: TestContext) {
    t.after(() => this.database.close());
    this.database.exec(CREATE_TABLES);
  }

  /** A run: rows are taken in turn, and recorded when that is said. */
  begin() {
    const run = ++this.#run;
    const records = new PreviousRecords(this.database);
    const find: PreviousRecords['find'] = (identity) => {
      this.lookups++;
      return records.find(identity);
    };
    const firstNew = records.last + 1;
    const cursor = new ReplayCursor(new ListOrder(this.database, { run, firstNew }));
    const lookup = {
      find,
      byId: records.byId.bind(records),
      countBelow: records.countBelow.bind(records),
    };
    const register = new RowRegister(lookup, cursor, firstNew);
    const places = new Places(this.database, run);
    let index = 0;
    return {
      take: (url: string, name: string | null = null, id?: number): TakenRow => {
        const row = register.take(url, name, id);
        places.set({ first: row.id, last: row.id, index: index++ });
        return row;
      },
      record: (url: string, { id, hash, occurrence, mark }: TakenRow): void => {
        this.database
          .prepare(
            `INSERT OR REPLACE INTO records (id, hash, occurrence, url, run, status, bytes, attempts)
             VALUES (?, ?, ?, ?, ?, 'ok', 0, 1)`,
          )
          .run(id, hash, occurrence, url, run);
        if (mark !== undefined) register.written([mark]);
      },
    };
  }

  /** A run in which each row is recorded at once. @returns the ids of its rows */
  run(urls: readonly string[]): number[] {
    const run = this.begin();
    return urls.map((url) => {
      const row = run.take(url);
      run.record(url, row);
      return row.id;
    });
  }
}

const urls = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `https://example.com/${from + i}`);

test('RowRegister: new rows are numbered, equal ones among them too', (t) => {
  const { take } = new MemoryLedger(t).begin();
  const rows = [take(URL_A), take('https://example.com/b'), take(URL_A), take(URL_A, 'name')];
  assert.deepEqual(
    rows.map(({ id, occurrence }) => [id, occurrence]),
    [
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 1],
    ],
  );
});

test('RowRegister: equal rows count whether they are recorded or under way', (t) => {
  const { take, record } = new MemoryLedger(t).begin();
  for (let i = 1; i <= 1000; i++) {
    const row = take(URL_A);
    assert.equal(row.occurrence, i);
    // Every third stays under way.
    if (i % 3 !== 0) record(URL_A, row);
  }
});

test('RowRegister: few of a thousand equal rows are looked up, and no new row', (t) => {
  const ledger = new MemoryLedger(t);
  ledger.run(Array.from({ length: 1000 }, () => URL_A));
  assert.ok(ledger.lookups < 2500, `${ledger.lookups}`);
  const other = new MemoryLedger(t);
  other.run(urls(1000));
  assert.equal(other.lookups, 0);
});

test('RowRegister: a list in the order of last time, with rows appended, needs no look-up', (t) => {
  const ledger = new MemoryLedger(t);
  const list = [URL_A, ...urls(500), URL_A, URL_A];
  const ids = ledger.run(list);
  ledger.lookups = 0;
  const again = ledger.run([...list, ...urls(100, 500)]);
  assert.deepEqual(again.slice(0, list.length), ids);
  assert.equal(ledger.lookups, 0);
});

test('RowRegister: rows that left the list here and there need no look-up', (t) => {
  const ledger = new MemoryLedger(t);
  const list = urls(500);
  const ids = ledger.run(list);
  ledger.lookups = 0;
  const kept = (_: unknown, i: number) => i % 10 !== 3 && (i < 200 || i >= 210);
  assert.deepEqual(ledger.run(list.filter(kept)), ids.filter(kept));
  assert.equal(ledger.lookups, 0);
});

test('RowRegister: the cursor moves to where the list goes on', (t) => {
  const ledger = new MemoryLedger(t);
  const list = urls(2000);
  const ids = ledger.run(list);
  ledger.lookups = 0;
  const turned = <T>(all: readonly T[]) => [...all.slice(1200), ...all.slice(0, 1200)];
  assert.deepEqual(ledger.run(turned(list)), turned(ids));
  assert.ok(ledger.lookups < 20, `${ledger.lookups}`);
  // And that is the order from then on.
  ledger.lookups = 0;
  assert.deepEqual(ledger.run(turned(list)), turned(ids));
  assert.equal(ledger.lookups, 0);
});

test('RowRegister: new rows between known ones are found to be new', (t) => {
  const ledger = new MemoryLedger(t);
  const list = urls(300);
  const ids = ledger.run(list);
  const longer = list.flatMap((url, i) => (i % 50 === 0 ? [`${url}/new`, url] : [url]));
  const found = ledger.run(longer);
  assert.deepEqual(
    found.filter((id) => id <= 300),
    ids,
  );
  assert.deepEqual(
    found.filter((id) => id > 300),
    [301, 302, 303, 304, 305, 306],
  );
});

test('RowRegister: a row is taken by its id, if it is that row and not taken yet', (t) => {
  const ledger = new MemoryLedger(t);
  ledger.run([URL_A, URL_A, 'https://example.com/b']);
  const { take } = ledger.begin();
  assert.equal(take(URL_A, null, 2).id, 2);
  assert.equal(take(URL_A, null, 2).id, 1);
  assert.equal(take(URL_A, null, 3).id, 4);
  assert.equal(take('https://example.com/b', null, 99).id, 3);
});

test('RowRegister: a row is taken by its id only once, and only under its name', (t) => {
  const ledger = new MemoryLedger(t);
  const other = 'https://example.com/b';
  ledger.run([other, URL_A, URL_A]);
  const { take, record } = ledger.begin();
  // The line is there from now on.
  assert.equal(take(other).id, 1);
  assert.equal(take(URL_A, 'name', 2).known, undefined);
  assert.equal(take(URL_A, null, 3).id, 3);
  assert.equal(take(URL_A).id, 2);
  // In line it comes next, and has been taken.
  const third = take(URL_A);
  assert.deepEqual([third.known, third.occurrence], [undefined, 3]);
  record(URL_A, third);
  // Its number is one of this run, not of an earlier one.
  const fourth = take(URL_A, null, third.id);
  assert.deepEqual([fourth.known, fourth.occurrence], [undefined, 4]);
});

test('RowRegister: a new row is remembered until the ledger has it, and no longer', (t) => {
  const ledger = new MemoryLedger(t);
  const { take, record } = ledger.begin();
  const [first, second] = [take(URL_A), take(URL_A)];
  assert.equal(ledger.lookups, 0);
  for (const row of [first, second]) record(URL_A, row);
  assert.equal(take(URL_A).occurrence, 3);
  assert.ok(ledger.lookups > 0);
});

test('RowRegister: the end of many equal rows is found again with few look-ups', (t) => {
  const ledger = new MemoryLedger(t);
  const { take, record } = ledger.begin();
  const repeat = (url: string, times: number) => {
    for (let i = 0; i < times; i++) record(url, take(url));
  };
  repeat(URL_A, 300);
  // So many others that were there twice, that it has forgotten how far it had got.
  for (const url of urls(1_001)) repeat(url, 2);
  ledger.lookups = 0;
  const next = take(URL_A);
  assert.deepEqual([next.occurrence, take(URL_A).occurrence], [301, 302]);
  assert.ok(ledger.lookups < 40, `${ledger.lookups}`);
});

/** Rows that the register's filter takes for some that were there, though none of them was. */
function mistakenFor(taken: readonly string[], count: number): string[] {
  const filter = new BloomFilter();
  for (const url of taken) filter.add(hashedIdentity(url, null, 1).hash);
  const found: string[] = [];
  for (let i = 0; found.length < count; i++) {
    const url = `https://example.com/mistaken/${i}`;
    if (filter.has(hashedIdentity(url, null, 1).hash)) found.push(url);
  }
  return found;
}

test('RowRegister: a row that only has the hash of an earlier one is new', (t) => {
  const many = urls(160_000);
  const [earlier = '', recorded = '', fresh = ''] = mistakenFor(many, 3);
  const ledger = new MemoryLedger(t);
  // Rows that are gone by now keep the last one out of line.
  const [id] = ledger.run([earlier]);
  ledger.run([...urls(30, 1_000_000), earlier]);
  const { take, record } = ledger.begin();
  for (const url of many) take(url);
  assert.equal(take(earlier).known?.id, id);
  const first = take(recorded);
  assert.deepEqual([first.known, first.occurrence], [undefined, 1]);
  record(recorded, first);
  assert.equal(take(recorded).occurrence, 2);
  assert.deepEqual([take(fresh).occurrence, take(fresh).occurrence], [1, 2]);
});

test('RowRegister: each row has one record over all runs, whatever the lists and the kills', (t) => {
  const list = fc.array(fc.constantFrom(...urls(12)), { maxLength: 60 });
  // In some places several rows end only after others; the last of a run that is killed never do.
  const run = fc.record({ list, delay: fc.nat(5), lost: fc.nat(8) });
  fc.assert(
    fc.property(fc.array(run, { minLength: 2, maxLength: 5 }), (runs) => {
      const ledger = new MemoryLedger(t);
      const idOf = new Map<string, number>();
      for (const { list, delay, lost } of runs) {
        const { take, record } = ledger.begin();
        const counts = new Map<string, number>();
        const underWay: [url: string, row: TakenRow][] = [];
        for (const [i, url] of list.entries()) {
          const count = (counts.get(url) ?? 0) + 1;
          counts.set(url, count);
          const row = take(url);
          const identity = `${url} ${count}`;
          assert.equal(row.known?.id, idOf.get(identity), identity);
          underWay.push([url, row]);
          if (underWay.length <= delay || i >= list.length - lost) continue;
          const [endedUrl, ended] = underWay.splice(i % underWay.length, 1)[0] ?? [url, row];
          record(endedUrl, ended);
          idOf.set(`${endedUrl} ${ended.occurrence}`, ended.id);
        }
      }
      assert.equal(new Set(idOf.values()).size, idOf.size);
    }),
    propertyRuns(),
  );
});

test('IdSet: has the ids that were added, up to its last', () => {
  const set = new IdSet(1000);
  const added = [0, 1, 7, 8, 31, 32, 33, 999, 1000];
  for (const id of added) set.add(id);
  const found = Array.from({ length: 2000 }, (_, id) => id).filter((id) => set.has(id));
  assert.deepEqual(found, added);
  assert.equal(set.size, added.length);
});
