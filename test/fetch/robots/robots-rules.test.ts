import assert from 'node:assert/strict';
import { test } from 'node:test';
import robotsParser from 'robots-parser';
import {
  type ParseRobots,
  productToken,
  RobotsRules,
} from '../../../src/fetch/robots/robots-rules.ts';

const parse = robotsParser as unknown as ParseRobots;

function isAllowed(text: string, path: string, agent = 'flaghoist'): boolean {
  const rules = new RobotsRules(parse, 'https://a.example', text, agent);
  try {
    rules.check(new URL(path, 'https://a.example'));
    return true;
  } catch (error) {
    assert.equal((error as { reason?: string }).reason, 'robots-txt');
    return false;
  }
}

// The examples of RFC 9309, sections 2.2 and 5, among others.
for (const [text, path, expected] of [
  ['', '/a', true],
  ['<html><body>Not found</body></html>', '/a', true],
  ['User-agent: *\nDisallow: /', '/a', false],
  ['User-agent: *\nDisallow:', '/a', true],
  ['\uFEFFUser-agent: *\r\nDisallow: /a # all of it\r\n', '/a/b', false],
  ['User-agent: other\nDisallow: /', '/a', true],
  ['User-agent: other\nUser-agent: FlagHoist\nDisallow: /a', '/a', false],
  ['User-agent: *\nDisallow: /\nUser-agent: flaghoist\nDisallow: /b', '/a', true],
  ['User-agent: *\nDisallow: /a\nAllow: /a/public', '/a/public/x', true],
  ['User-agent: *\nAllow: /a\nDisallow: /a', '/a', true],
  ['User-agent: *\nDisallow: /*.gif$', '/x/a.gif', false],
  ['User-agent: *\nDisallow: /*.gif$', '/x/a.gif?n=1', true],
  ['User-agent: *\nDisallow: /*?', '/x?n=1', false],
  ['User-agent: *\nDisallow: /f%C3%B6', '/fö', false],
  ['User-agent: *\nDisallow: /A', '/a', true],
] as const) {
  test(`RobotsRules: ${JSON.stringify(text)} ${expected ? 'allows' : 'refuses'} ${path}`, () => {
    assert.equal(isAllowed(text, path), expected);
  });
}

test('RobotsRules: the error names the file, its line and the client', () => {
  const text = '# a file\nUser-agent: *\nDisallow: /a\n';
  const rules = new RobotsRules(parse, 'https://a.example', text, 'flaghoist');
  assert.throws(() => rules.check(new URL('https://a.example/a')), {
    message: 'line 3 of https://a.example/robots.txt does not allow flaghoist to fetch it',
  });
});

test('RobotsRules: a hostile file costs little, and its rules still hold by their beginnings', () => {
  const wild = `Disallow: /${'*a'.repeat(900)}b\n`.repeat(250);
  const text = `User-agent: *\n${wild}Disallow: /secret`;
  const begun = performance.now();
  assert.equal(isAllowed(text, `/${'a'.repeat(8000)}`), false);
  assert.equal(isAllowed(text, '/secret'), false);
  // Without the bound it is several seconds.
  assert.ok(performance.now() - begun < 1_000);
});

for (const [header, token] of [
  ['flaghoist', 'flaghoist'],
  ['MyBot/2.1 (+https://example.com)', 'mybot'],
  ['Mozilla/5.0 (X11; Linux)', 'mozilla'],
  ['', '*'],
] as const) {
  test(`productToken: of ${JSON.stringify(header)} is ${token}`, () => {
    assert.equal(productToken(header), token);
  });
}
