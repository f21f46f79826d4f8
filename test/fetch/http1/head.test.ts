import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHead } from '../../../src/fetch/http1/head.ts';
import { ProtocolError } from '../../../src/model/failure.ts';

const OK = 'HTTP/1.1 200 OK';
const fields = (...lines: string[]) => ({ ...parseHead([OK, ...lines].join('\r\n')).headers });

for (const [line, minor, status, statusText] of [
  ['HTTP/1.1 200 OK', 1, 200, 'OK'],
  ['HTTP/1.0 404 Not Found', 0, 404, 'Not Found'],
  ['HTTP/1.1 200 ', 1, 200, ''],
  ['HTTP/1.1 200', 1, 200, undefined],
  ['HTTP/1.1 999 \xe9\t!', 1, 999, '\xe9\t!'],
  ['HTTP/1.1 100 Continue', 1, 100, 'Continue'],
] as const) {
  test(`parseHead: ${JSON.stringify(line)} is a status line`, () => {
    const { headers, ...start } = parseHead(line);
    assert.deepEqual(start, { minor, status, statusText, isOdd: false });
    assert.deepEqual(Object.keys(headers), []);
  });
}

for (const line of [
  '',
  'HTTP/1.1',
  'HTTP/1.1 ',
  'HTTP/1.1 20 OK',
  'HTTP/1.1 099 OK',
  'HTTP/1.1 2000 OK',
  'HTTP/1.1 200OK',
  'HTTP/1.1 200\tOK',
  'HTTP/1.1  200 OK',
  'HTTP/1.1\t200 OK',
  ' HTTP/1.1 200 OK',
  'http/1.1 200 OK',
  'HTTP/1.2 200 OK',
  'HTTP/2 200 OK',
  'HTTP/1.1 200 O\nK',
  'HTTP/1.1 200 O\rK',
  'ICY 200 OK',
]) {
  test(`parseHead: ${JSON.stringify(line)} is not a status line`, () => {
    assert.throws(() => parseHead(line), ProtocolError);
  });
}

test('parseHead: lower-cases names, and trims values', () => {
  assert.deepEqual(fields('ETag:\t "a  b" \t', 'X-None:', 'X-Spaces:  ', 'a!#$%&\'*+-.^_`|~9: "'), {
    etag: '"a  b"',
    'x-none': '',
    'x-spaces': '',
    "a!#$%&'*+-.^_`|~9": '"',
  });
});

test('parseHead: keeps colons, tabs, and bytes that String.trim() removes', () => {
  assert.deepEqual(fields('a: b:c\td', 'b: \xa0\x85x\xa0'), { a: 'b:c\td', b: '\xa0\x85x\xa0' });
});

test('parseHead: a repeated field is a list, in order', () => {
  assert.deepEqual(fields('a: 1', 'b: x', 'A: 2', 'a: 1'), { a: ['1', '2', '1'], b: 'x' });
});

test('parseHead: refuses a tab after the value of Transfer-Encoding only', () => {
  const name = 'X-Transfer-Coding';
  assert.equal(name.length, 'Transfer-Encoding'.length);
  assert.deepEqual(fields(`${name}: chunked\t`), { [name.toLowerCase()]: 'chunked' });
  assert.throws(() => fields('Transfer-Encoding: chunked\t'), {
    message: 'not a header field: "Transfer-Encoding: chunked\\t"',
  });
});

test('parseHead: no name is inherited', () => {
  const { headers } = parseHead(OK);
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.equal(headers[name], undefined);
    const named = parseHead(`${OK}\r\n${name}: x\r\n${name}: y`).headers;
    assert.deepEqual(Object.entries(named), [[name.toLowerCase(), ['x', 'y']]]);
  }
  assert.equal(Object.getPrototypeOf({}), Object.prototype);
});

for (const line of ['no colon', '', 'nul: \0', 'n\0l: x']) {
  test(`parseHead: ${JSON.stringify(line)} is not a field`, () => {
    assert.throws(() => fields('a: b', line, 'c: d'), ProtocolError);
  });
}

for (const [lines, name, value] of [
  [['spaced \t: x'], 'spaced', 'x'],
  [['in the middle: x'], 'in the middle', 'x'],
  [[': no name'], '', 'no name'],
  [['b\xfcd: x'], 'b\xfcd', 'x'],
  [['b(d: x'], 'b(d', 'x'],
  [['a: x', ' folded'], 'a', 'x folded'],
  [['a: x', '\tfolded ', '    twice:  '], 'a', 'x folded twice:'],
  [['a:', ' x'], 'a', 'x'],
  [['cr: a\rb'], 'cr', 'a b'],
  [['escape: \x1b[31m'], 'escape', '[31m'],
  [['delete: a\x7f\x01b'], 'delete', 'a b'],
  [['lf: a\nb: c'], 'lf', 'a'],
] as const) {
  test(`parseHead: ${JSON.stringify(lines)} is accepted, and odd`, () => {
    const { headers, isOdd } = parseHead([OK, 'first: 1', ...lines, 'last: 2'].join('\r\n'));
    assert.deepEqual([headers[name], isOdd], [value, true]);
    assert.deepEqual([headers.first, headers.last], ['1', '2']);
  });
}

test('parseHead: a folded line after the status line is not a field', () => {
  const { status, headers, isOdd } = parseHead(`${OK}\r\n content-length: 5\r\na: b`);
  assert.deepEqual([status, { ...headers }, isOdd], [200, { a: 'b' }, true]);
});

test('parseHead: a correct head is not odd', () => {
  assert.equal(parseHead(`${OK}\r\na: b\r\nc:\t"d" \r\n`).isOdd, false);
});

test('parseHead: the error quotes what is invalid', () => {
  for (const [text, quoted] of [
    ['x'.repeat(40), 'x'.repeat(40)],
    ['x'.repeat(41), `${'x'.repeat(40)}…`],
  ] as const) {
    const of = { message: `not the start of an HTTP/1 response: "${quoted}"` };
    assert.throws(() => parseHead(text), of);
    assert.throws(() => fields(text), { message: `not a header field: "${quoted}"` });
  }
});

test('parseHead: the error quotes the beginning of what is invalid', () => {
  for (const text of ['\x1b'.repeat(9_000), `${OK}\r\n${'\x1b'.repeat(9_000)}`]) {
    assert.throws(
      () => parseHead(text),
      ({ message }: Error) =>
        message.endsWith('…"') && message.length < 300 && !message.includes('\x1b'),
    );
  }
});
