import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flagName } from '../../../web/model/flag-name.ts';
import { isPicture, picturesAmong } from '../../../web/model/pictures.ts';
import { RowStore } from '../../../web/model/row-store.ts';
import { columnsOf, fixtureRow } from '../fixtures/columns.ts';

test('flagName: is the country of a flag, and of nothing else', () => {
  assert.equal(flagName('http://localhost:8001/flags/br/br.gif'), 'Brazil');
  assert.equal(flagName('https://example.org/BR/BR.gif'), 'Brazil');
  for (const url of ['/br/us.gif', '/br/br.png', '/zz/zz.gif', '/br/br.gif?x', 'br.gif']) {
    assert.equal(flagName(`https://example.org${url}`), undefined, url);
  }
});

test('picturesAmong: are files that are there, of those places, with what they are called', () => {
  const { rows } = new RowStore(
    columnsOf([
      fixtureRow({ url: 'http://a/br/br.gif', path: 'br.gif' }),
      fixtureRow({ path: 'cats/tabby.JPEG', status: 'skipped', reason: 'already-there' }),
      fixtureRow({ path: 'notes.txt' }),
      fixtureRow({ path: 'old.png', status: 'failed' }),
      fixtureRow({ path: 'unsent.png' }),
      fixtureRow({ path: 'other.png' }),
    ]),
  );
  assert.deepEqual(
    [0, 1, 2, 3].map((place) => isPicture(rows, place)),
    [true, true, false, false],
  );
  const src = (place: number) => (place === 4 || place === 2 ? undefined : `src${place}`);
  assert.deepEqual(picturesAmong(rows, Uint32Array.of(0, 1, 2, 3, 4), src), [
    { row: 0, src: 'src0', caption: 'Brazil' },
    { row: 1, src: 'src1', caption: 'tabby.JPEG' },
    { row: 3, src: 'src3', caption: 'old.png' },
  ]);
});
