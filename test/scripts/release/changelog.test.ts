import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { dateUnreleased, findUnreleased, isLater } from '../../../scripts/release/changelog.ts';

const CHANGELOG =
  '# Changelog\n\n## Unreleased: 0.2.0\n\n- One.\n- Two.\n\n## 0.1.0 (2026-01-01)\n\n- Old.\n';

test('findUnreleased: gives the version and its entries', () => {
  const unreleased = findUnreleased(CHANGELOG);
  assert.deepEqual(unreleased, { version: '0.2.0', entries: ['- One.', '- Two.'] });
});

test('findUnreleased: finds the version of the real changelog', async () => {
  const text = await readFile(new URL('../../../CHANGELOG.md', import.meta.url), 'utf8');
  assert.match(findUnreleased(text).version, /^\d+\.\d+\.\d+$/);
});

for (const [what, changelog] of [
  ['no unreleased version', '# Changelog\n\n## 0.1.0 (2026-01-01)\n\n- Old.\n'],
  ['one without a number', '# Changelog\n\n## Unreleased\n\n- One.\n'],
  ['one that is not the first', `# Changelog\n\n## 0.3.0 (2026-01-01)\n\n${CHANGELOG}`],
  ['two', CHANGELOG.replace('## 0.1.0 (2026-01-01)', '## Unreleased: 0.1.0')],
]) {
  test(`findUnreleased: refuses a changelog with ${what}`, () => {
    assert.throws(() => findUnreleased(changelog ?? ''), /must begin with one section/);
  });
}

test('dateUnreleased: dates the heading and changes nothing else', () => {
  assert.equal(
    dateUnreleased(CHANGELOG, '2026-12-24'),
    CHANGELOG.replace('Unreleased: 0.2.0', '0.2.0 (2026-12-24)'),
  );
});

test('isLater: compares number by number', () => {
  assert.ok(isLater('0.2.0', '0.1.9'));
  assert.ok(isLater('0.10.0', '0.9.0'));
  assert.ok(isLater('1.0.0', '0.99.99'));
  assert.equal(isLater('0.1.0', '0.1.0'), false);
  assert.equal(isLater('0.1.0', '0.2.0'), false);
});
