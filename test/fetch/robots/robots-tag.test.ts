import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RobotsTag } from '../../../src/fetch/robots/robots-tag.ts';

for (const [words, header, refused] of [
  [['noai'], ['noai'], 'noai'],
  [['noai'], ['noindex, NoImageAI'], 'noimageai'],
  [['noai'], ['noindex', 'noai'], 'noai'],
  [['noai'], ['noindex, none'], undefined],
  [['noindex'], ['none'], 'none'],
  [['noindex', 'noai'], ['all, noimageindex'], 'noimageindex'],
  [['noai'], ['googlebot: noai'], undefined],
  [['noai'], ['googlebot: noindex, noai'], undefined],
  [['noai'], ['googlebot: noindex, MyBot: noai'], 'noai'],
  [['noai'], ['*: noai'], 'noai'],
  [['noai'], ['unavailable_after: 25 Jun 2010 15:00:00 PST, noai'], 'noai'],
  [['noai'], ['max-snippet:20, noai'], 'noai'],
  [['noai'], [''], undefined],
  [['noai'], [], undefined],
] as const) {
  test(`RobotsTag: ${words} and ${JSON.stringify(header)}: ${refused ?? 'taken'}`, () => {
    const check = () => new RobotsTag(words, 'MyBot/1.0').check(header);
    if (refused === undefined) check();
    else {
      assert.throws(check, {
        reason: 'robots-tag',
        message: `the server says X-Robots-Tag: ${refused}`,
      });
    }
  });
}

test('RobotsTag: unknown words are refused', () => {
  // As plain JavaScript may call it.
  const words = ['nothing'] as unknown as readonly 'noai'[];
  assert.throws(() => new RobotsTag(words, ''), { name: 'RangeError' });
});
