// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseContentDisposition } from '../../../src/save/names/content-disposition.ts';
import { safeName } from '../../../src/save/names/naming.ts';
import { assertLinear } from '../../support/linear-time.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { hostileText } from '../hostile.ts';

for (const [header, name] of [
  ['attachment; filename="a b.gif"', 'a b.gif'],
  ['attachment; filename=a.gif', 'a.gif'],
  ['inline; filename=a.gif', 'a.gif'],
  ['filename=a.gif', 'a.gif'],
  ['ATTACHMENT; FILENAME=a.gif', 'a.gif'],
  ['attachment; filename=a b.gif', 'a b.gif'],
  ["attachment; filename=e.gif; filename*=UTF-8''%e2%82%ac.gif", '€.gif'],
  ["attachment; filename*=UTF-8''%e2%82%ac.gif; filename=e.gif", '€.gif'],
  ["attachment; filename*=ISO-8859-1'en'%e9.gif", 'é.gif'],
  ['attachment; filename*=bogus; filename=ok.gif', 'ok.gif'],
  ['attachment; filename="\u00c3\u00a9.gif"', 'é.gif'],
  ['attachment; filename="\u00e9.gif"', 'é.gif'],
  ['attachment; filename="é€.gif"', 'é€.gif'],
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ['attachment; filename="C:\\\\dir\\\\x.gif"', 'x.gif'],
  ["attachment; filename*=UTF-8''..%2f..%2fx", 'x'],
  ["attachment; filename*=UTF-8''%00con", '_con'],
  ['attachment; filename="con"', '_con'],
  ['attachment; filename="a.gif', 'a.gif'],
  ['attachment; filename="a;b.gif', 'a;b.gif'],
  [`attachment; filename*="UTF-8''%e2%82%ac.gif"`, '€.gif'],
  ["attachment; filename*=windows-1251''%ef%f0.gif", 'пр.gif'],
  ["attachment; filename*=GBK''%d6%d0.gif", '中.gif'],
  ["attachment; filename*=x-unknown''%d6.gif; filename=ok.gif", 'ok.gif'],
  ["attachment; filename*=UTF-8''%d6.gif; filename=ok.gif", 'ok.gif'],
  ["attachment; filename*=UTF-8''%zz.gif; filename=ok.gif", 'ok.gif'],
  ["attachment; filename*=''%e2%82%ac.gif", '€.gif'],
  ['attachment; filename="%E2%82%AC%20a.gif"', '€ a.gif'],
  ['attachment; filename="100%.gif"', '100%.gif'],
  ['attachment; filename="=?UTF-8?B?4oKsLmdpZg==?="', '€.gif'],
  ['attachment; filename="=?iso-8859-1?Q?=E9_a.gif?="', 'é a.gif'],
  ['attachment; filename=".bashrc"', '_bashrc'],
  ["attachment; filename*=UTF-8''%2ebashrc", '_bashrc'],
  ['attachment; filename="a/"', undefined],
  ['attachment; filename=".."', undefined],
  ['attachment; filename=""', undefined],
  ['attachment; filename', undefined],
  ['attachment', undefined],
  ['', undefined],
  ['"', undefined],
] as const) {
  test(`parseContentDisposition: ${JSON.stringify(header)} is ${name}`, () => {
    assert.equal(parseContentDisposition(header), name);
  });
}

test('parseContentDisposition: takes linear time', () => {
  assertLinear((text) => parseContentDisposition(text));
  assertLinear((text) => parseContentDisposition(`attachment; filename="${text}`));
  assertLinear((text) => parseContentDisposition(`attachment; filename*=UTF-8''${text}`));
});

test('parseContentDisposition: any header yields one safe name, or none', () => {
  const headers = fc.oneof(
    hostileText,
    hostileText.map((text) => `attachment; filename="${text}"`),
    hostileText.map((text) => `attachment; filename=${text}`),
    hostileText.map(
      (text) => `attachment; filename*=UTF-8''${encodeURIComponent(text.toWellFormed())}`,
    ),
  );
  const property = fc.property(headers, (header) => {
    const name = parseContentDisposition(header);
    if (name !== undefined) assert.equal(safeName(name), name);
  });
  fc.assert(property, propertyRuns(2_000));
});
