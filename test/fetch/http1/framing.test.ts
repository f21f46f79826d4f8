import assert from 'node:assert/strict';
import { test } from 'node:test';
import { framingOf, keepAliveOf, keepsConnection } from '../../../src/fetch/http1/framing.ts';
import { parseHead } from '../../../src/fetch/http1/head.ts';
import { ProtocolError } from '../../../src/model/failure.ts';

const head = (status: string, ...lines: string[]) =>
  parseHead([`HTTP/1.1 ${status}`, ...lines].join('\r\n'));

for (const [what, lines, framing] of [
  ['nothing', [], 'until-close'],
  ['a length', ['Content-Length: 5'], 5],
  ['no bytes', ['Content-Length: 0'], 0],
  ['zeros before the length', ['Content-Length: 007'], 7],
  ['spaces around the length', ['Content-Length: \t5 \t'], 5],
  ['the longest length', ['Content-Length: 9007199254740991'], Number.MAX_SAFE_INTEGER],
  ['chunks', ['Transfer-Encoding: chunked'], 'chunked'],
  ['chunks in capitals', ['TRANSFER-ENCODING: Chunked'], 'chunked'],
  ['chunks as the last of several', ['Transfer-Encoding: gzip \t,\tchunked'], 'chunked'],
  ['chunks after nothing', ['Transfer-Encoding: , chunked'], 'chunked'],
  ['chunks twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], 'chunked'],
  ['chunks in another line', ['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'], 'chunked'],
  ['another coding', ['Transfer-Encoding: gzip'], 'until-close'],
  ['a coding that has chunked in its name', ['Transfer-Encoding: xchunked'], 'until-close'],
  ['a chunked with a parameter', ['Transfer-Encoding: chunked;q=1'], 'until-close'],
] as const) {
  test(`framingOf: ${what} means ${framing}`, () => {
    assert.equal(framingOf(head('200 OK', ...lines)), framing);
  });
}

test('framingOf: there is no body in some responses, whatever they say', () => {
  for (const status of ['103 Early Hints', '204 No Content', '304 Not Modified']) {
    assert.equal(framingOf(head(status)), 0);
    assert.equal(framingOf(head(status, 'Content-Length: 5')), 0);
    assert.equal(framingOf(head(status, 'Transfer-Encoding: chunked')), 0);
  }
  assert.equal(framingOf(head('205 Reset Content', 'Content-Length: 5')), 5);
});

for (const lines of [
  ['Content-Length:'],
  ['Content-Length: -5'],
  ['Content-Length: +5'],
  ['Content-Length: 0x5'],
  ['Content-Length: 5.0'],
  ['Content-Length: 5e1'],
  ['Content-Length: 5 5'],
  ['Content-Length: 5, 5'],
  ['Content-Length: 5\xa0'],
  ['Content-Length: 9007199254740992'],
  ['Content-Length: 5', 'Content-Length: 5'],
  ['Content-Length: 5', 'Content-Length: 6'],
  ['Content-Length: 5', 'Transfer-Encoding: chunked'],
  ['Transfer-Encoding: chunked', 'Content-Length: 5'],
  ['Transfer-Encoding: identity', 'Content-Length: 5'],
  ['Transfer-Encoding:'],
  ['Transfer-Encoding: ,'],
  ['Transfer-Encoding: chunked,'],
  ['Transfer-Encoding:', 'Transfer-Encoding: chunked'],
  ['Transfer-Encoding: chunked', 'Transfer-Encoding:'],
  ['Transfer-Encoding: chunked\t'],
  ['Transfer-Encoding: chunked\t '],
  ['Transfer-Encoding: chunked\xa0'],
  ['Transfer-Encoding: \xa0chunked'],
  ['Transfer-Encoding: gzip,\xa0chunked'],
  ['Transfer-Encoding: chunked', 'Transfer-Encoding: \x80'],
  ['Transfer-Encoding: \x80', 'Transfer-Encoding: chunked'],
  ['Transfer-Encoding: chunked, identity'],
  ['Transfer-Encoding: chunked', 'Transfer-Encoding: gzip'],
]) {
  test(`framingOf: what can be read in two ways is read in neither, ${JSON.stringify(lines)}`, () => {
    assert.throws(() => framingOf(head('200 OK', ...lines)), ProtocolError);
  });
}

test('framingOf: HTTP/1.0 knows no chunks', () => {
  const of = (line: string) => framingOf(parseHead(`HTTP/1.0 200 OK\r\n${line}`));
  assert.throws(() => of('Transfer-Encoding: chunked'), ProtocolError);
  assert.equal(of('Content-Length: 5'), 5);
});

for (const [message, lines, minor] of [
  [
    'both Content-Length and Transfer-Encoding, which contradict each other',
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
  ],
  ['Transfer-Encoding in a response of HTTP/1.0', ['Transfer-Encoding: chunked'], 0],
  ['Transfer-Encoding names no coding', ['Transfer-Encoding:']],
  ['Transfer-Encoding names what is no coding', ['Transfer-Encoding: \x80']],
  ['Transfer-Encoding goes on after chunked', ['Transfer-Encoding: chunked, gzip']],
  ['Content-Length is none: "5,6"', ['Content-Length: 5', 'Content-Length: 6']],
] as const) {
  test(`framingOf: says what is wrong, ${message}`, () => {
    const said = { ...head('200 OK', ...lines), minor: minor ?? 1 };
    assert.throws(() => framingOf(said), { message });
  });
}

test('framingOf: a length that is none is quoted, and not all of it', () => {
  const { length } = 'Content-Length is none: ""';
  assert.throws(
    () => framingOf(head('200 OK', `Content-Length: ${'x'.repeat(1_000)}`)),
    ({ message }: Error) => message.length === length + 40,
  );
});

for (const [minor, lines, keeps] of [
  [1, [], true],
  [1, ['Connection: close'], false],
  [1, ['Connection: Close'], false],
  [1, ['Connection: upgrade,close'], false],
  [1, ['Connection: keep-alive', 'Connection: close'], false],
  [1, ['Connection: keep-alive'], true],
  [1, ['Connection: closed'], true],
  [0, [], false],
  [0, ['Connection: Keep-Alive'], true],
  [0, ['Connection: keep-alive, close'], false],
  [0, ['Connection: upgrade'], false],
] as const) {
  test(`keepsConnection: HTTP/1.${minor} with ${JSON.stringify(lines)} is ${keeps}`, () => {
    assert.equal(
      keepsConnection(parseHead([`HTTP/1.${minor} 200 OK`, ...lines].join('\r\n'))),
      keeps,
    );
  });
}

for (const [hint, ms] of [
  ['x: y', undefined],
  ['Keep-Alive: timeout=5', 5_000],
  ['Keep-Alive: max=100, Timeout=5', 5_000],
  ['Keep-Alive: max=100,timeout=0', 0],
  ['Keep-Alive: timeout', undefined],
  ['Keep-Alive: timeout=x', undefined],
  ['Keep-Alive: xtimeout=5', undefined],
  ['Keep-Alive: max=1\r\nKeep-Alive: timeout=5', 5_000],
] as const) {
  test(`keepAliveOf: ${JSON.stringify(hint)} is ${ms}`, () => {
    assert.equal(keepAliveOf(head('200 OK', hint)), ms);
  });
}
