import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame, keepAliveOf, keepsConnection } from '../../../src/fetch/http1/framing.ts';
import { type Head, parseHead } from '../../../src/fetch/http1/head.ts';
import { ProtocolError } from '../../../src/model/failure.ts';

const head = (status: string, ...lines: string[]) =>
  parseHead([`HTTP/1.1 ${status}`, ...lines].join('\r\n'));
const framingOf = (read: Head) => frame(read).framing;

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
  test(`frame: ${what} means ${framing}`, () => {
    assert.equal(framingOf(head('200 OK', ...lines)), framing);
  });
}

test('frame: some responses have no body, whatever they say', () => {
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
  ['Content-Length: 5\xa0'],
  ['Content-Length: 5, 6'],
  ['Content-Length: 5,'],
  ['Content-Length: 5, 05'],
  ['Content-Length: 9007199254740992'],
  ['Content-Length: 5', 'Content-Length: 6'],
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
  test(`frame: refuses what is ambiguous, ${JSON.stringify(lines)}`, () => {
    assert.throws(() => framingOf(head('200 OK', ...lines)), ProtocolError);
  });
}

for (const [what, minor, lines, framing, length] of [
  ['a length twice', 1, ['Content-Length: 5', 'Content-Length: 5'], 5, '5'],
  ['a length twice in a line', 1, ['Content-Length: 5 ,5'], 5, '5'],
  ['a length beside chunks', 1, ['Content-Length: 5', 'Transfer-Encoding: chunked'], 'chunked'],
  ['chunks beside a length', 1, ['Transfer-Encoding: chunked', 'Content-Length: 5'], 'chunked'],
  ['a length beside no coding', 1, ['Transfer-Encoding: identity', 'Content-Length: 5'], 5, '5'],
  ['chunks of a server of old', 0, ['Transfer-Encoding: chunked'], 'chunked'],
] as const) {
  test(`frame: ${what} means ${framing}, and is odd`, () => {
    const read = parseHead([`HTTP/1.${minor} 200 OK`, ...lines].join('\r\n'));
    const framed = frame(read);
    assert.deepEqual([read.isOdd, framed.framing, framed.head.isOdd], [false, framing, true]);
    assert.equal(framed.head.headers['content-length'], length);
  });
}

test('frame: a correct head is not odd', () => {
  for (const lines of [[], ['Content-Length: 5'], ['Transfer-Encoding: chunked']]) {
    const read = head('200 OK', ...lines);
    assert.equal(frame(read).head, read);
    assert.equal(read.isOdd, false);
  }
});

for (const [message, lines] of [
  ['Transfer-Encoding names no coding', ['Transfer-Encoding:']],
  ['Transfer-Encoding names an invalid coding', ['Transfer-Encoding: \x80']],
  ['Transfer-Encoding goes on after chunked', ['Transfer-Encoding: chunked, gzip']],
  ['Content-Length is not a number of bytes: "5,6"', ['Content-Length: 5', 'Content-Length: 6']],
] as const) {
  test(`frame: the error says what is wrong, ${message}`, () => {
    assert.throws(() => framingOf(head('200 OK', ...lines)), { message });
  });
}

test('frame: the error shows the beginning of an invalid length', () => {
  const { length } = 'Content-Length is not a number of bytes: ""';
  assert.throws(
    () => framingOf(head('200 OK', `Content-Length: ${'x'.repeat(1_000)}`)),
    ({ message }: Error) => message.length === length + 41,
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
