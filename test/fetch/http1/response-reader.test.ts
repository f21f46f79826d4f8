import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ResponseReader } from '../../../src/fetch/http1/response-reader.ts';
import { ProtocolError } from '../../../src/model/failure.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { response } from './responses.ts';

const LONGEST_HEAD = 256 * 1024;
const OK = 'HTTP/1.1 200 OK\r\n';
const WHOLE = `${OK}content-length: 3\r\n\r\nGIF`;
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n3\r\n89a\r\n0\r\n\r\n`;

/** A reader, and its events: heads, and the joined body; it stops when `goesOn` says so. */
function open(goesOn: () => boolean = () => true) {
  const events: unknown[] = [];
  const reader = new ResponseReader({
    onHead: ({ status, statusText, minor, headers }) =>
      void events.push([minor, status, statusText, ...Object.entries(headers)]),
    onData(piece) {
      assert.ok(piece.length > 0);
      const text = Buffer.from(piece).toString('latin1');
      const last = events.at(-1);
      if (typeof last === 'string') events[events.length - 1] = last + text;
      else events.push(text);
      return goesOn();
    },
  });
  return { events, reader, read: (text: string) => reader.read(Buffer.from(text, 'latin1')) };
}

/** Reads `pieces`, and overwrites each, like a socket; stops when told to, and goes on. */
function readAll(pieces: readonly Buffer[], goesOn?: () => boolean) {
  const { events, reader } = open(goesOn);
  try {
    for (const piece of pieces) {
      for (let rest = Buffer.from(piece); ; ) {
        const read = reader.read(rest);
        const stopped = rest.subarray(read);
        // Nothing is read twice, or left out.
        assert.ok(read <= rest.length && (read > 0 || reader.isDone || rest.length === 0));
        const next = Buffer.from(stopped);
        rest.fill('?');
        rest = next;
        if (rest.length === 0 || reader.isDone) break;
      }
      if (reader.isDone) break;
    }
  } catch (error) {
    assert.ok(error instanceof ProtocolError);
    return { events, end: 'refused' };
  }
  return { events, end: reader.isDone ? 'done' : reader.close() ? 'closed' : 'cut off' };
}

test('ResponseReader: reports the same wherever the bytes are cut, and it is stopped', () => {
  const cuts = fc.array(fc.nat(), { maxLength: 20 });
  const stops = fc.infiniteStream(fc.boolean());
  const property = fc.property(response, cuts, stops, (text, at, stop) => {
    const bytes = Buffer.from(text, 'latin1');
    const places = at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
    const pieces = [0, ...places].map((place, i) =>
      bytes.subarray(place, places[i] ?? bytes.length),
    );
    const whole = readAll([bytes]);
    const cut = readAll(pieces, () => stop.next().value);
    // Invalid input is noticed by its beginning; the events before it are the same at first.
    if (whole.end === 'refused') assert.equal(cut.end, 'refused');
    else assert.deepEqual(cut, whole);
  });
  fc.assert(property, propertyRuns(2_000));
});

test('ResponseReader: reports the same byte by byte', () => {
  for (const text of [WHOLE, CHUNKED, `${OK}\r\nGIF`, `HTTP/1.1 103 Early Hints\r\n\r\n${WHOLE}`]) {
    const bytes = Buffer.from(text);
    const { events, end } = readAll([bytes]);
    const each = readAll([...bytes].map((byte) => Buffer.from([byte])));
    assert.deepEqual([each.events, each.end], [events, end]);
  }
});

test('ResponseReader: reads to the end of a response, and no further', () => {
  for (const text of [WHOLE, CHUNKED, 'HTTP/1.1 204 No Content\r\n\r\n']) {
    const { read, reader } = open();
    assert.equal(read(`${text}HTTP/1.1 404`), text.length);
    assert.equal(reader.isDone, true);
    assert.equal(read('HTTP/1.1 404'), 0);
  }
});

test('ResponseReader: reads one response after another, of any kind', () => {
  const { read, reader, events } = open();
  const until = 'HTTP/1.1 200 OK\r\n\r\nGIF';
  for (const text of [WHOLE, CHUNKED, CHUNKED, 'HTTP/1.1 204 No Content\r\n\r\n', WHOLE, until]) {
    assert.equal(reader.isDone, false);
    assert.equal(read(text), text.length);
    assert.equal(reader.isDone, text !== until);
    if (text !== until) reader.reset();
  }
  const bodies = events.filter((event) => typeof event === 'string');
  assert.deepEqual(bodies, ['GIF', 'GIF89a', 'GIF89a', 'GIF', 'GIF']);
});

test('ResponseReader: only a body without a stated end ends with the connection', () => {
  for (const [text, isWhole] of [
    ['', false],
    [OK, false],
    [`${OK}\r\n`, true],
    [`${OK}\r\nGIF`, true],
    ['HTTP/1.1 103 Early Hints\r\n\r\n', false],
    [`${OK}content-length: 4\r\n\r\nGIF`, false],
    [CHUNKED.slice(0, -2), false],
    [`${OK}transfer-encoding: x\r\n\r\nGIF`, true],
  ] as const) {
    const { read, reader } = open();
    read(text);
    assert.deepEqual([reader.isDone, reader.close()], [false, isWhole], text);
  }
});

test('ResponseReader: reports interim responses, without bodies', () => {
  const { read, events, reader } = open();
  read(
    `HTTP/1.1 100 Continue\r\ncontent-length: 5\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${WHOLE}`,
  );
  assert.deepEqual(events, [
    [1, 100, 'Continue', ['content-length', '5']],
    [1, 103, 'Early Hints'],
    [1, 200, 'OK', ['content-length', '3']],
    'GIF',
  ]);
  assert.equal(reader.isDone, true);
});

test('ResponseReader: stops on request, and goes on from there', () => {
  const { read, events, reader } = open(() => false);
  const at = read(CHUNKED);
  assert.deepEqual([CHUNKED.slice(at), reader.isDone], ['\r\n3\r\n89a\r\n0\r\n\r\n', false]);
  const next = at + read(CHUNKED.slice(at));
  assert.deepEqual([CHUNKED.slice(next), reader.isDone], ['\r\n0\r\n\r\n', false]);
  read(CHUNKED.slice(next));
  assert.deepEqual([events.at(-1), reader.isDone], ['GIF89a', true]);
});

test('ResponseReader: accepts heads as long as curl does, and no longer', () => {
  const of = (length: number) => `${OK}x: ${'y'.repeat(length - OK.length - 3)}`;
  open().read(`${of(LONGEST_HEAD - 4)}\r\n\r\n`);
  assert.throws(() => open().read(`${of(LONGEST_HEAD - 3)}\r\n\r\n`), ProtocolError);
});

test('ResponseReader: refuses an endless head, however it comes', () => {
  const line = `x: ${'y'.repeat(95)}\r\n`;
  for (const at of [1, 100, 4_096, 65_536]) {
    const text = OK + line.repeat(4_000);
    const { read, events } = open();
    let taken = 0;
    const drip = () => {
      for (; taken < text.length; taken += at) read(text.slice(taken, taken + at));
    };
    assert.throws(drip, /longer than 262144 bytes/);
    assert.ok(taken <= LONGEST_HEAD);
    assert.deepEqual(events, []);
  }
});

test('ResponseReader: refuses what cannot become a response before its head ends', () => {
  for (const start of ['x', 'HTTP/2', 'HTTPS', 'ht', '\r\n', '<html>', '\x16\x03\x01']) {
    assert.throws(() => open().read(start), {
      name: ProtocolError.name,
      message: `not the start of an HTTP/1 response: ${JSON.stringify(start.slice(0, 7))}`,
    });
  }
  for (const start of ['H', 'HTTP/1.', 'HTTP/1.1 200'])
    assert.equal(open().read(start), start.length);
});

test('ResponseReader: does not report a head that it refuses', () => {
  for (const [text, message] of [
    [
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n',
      /^it switches to a protocol that was not asked for$/,
    ],
    [
      `${OK}content-length: 3\r\ncontent-length: 4\r\n\r\nGIF`,
      /^Content-Length is not a number of bytes/,
    ],
    [`${OK}broken\r\n\r\n`, /^not a header field: "broken"$/],
  ] as const) {
    const { read, events } = open();
    assert.throws(() => read(text), { name: ProtocolError.name, message });
    assert.deepEqual(events, []);
  }
});

for (const [what, text, body] of [
  ['bare LFs', 'HTTP/1.1 200 OK\ncontent-length: 3\n\nGIF', 'GIF'],
  ['a bare LF behind the last header', `${OK}content-length: 3\n\r\nGIF`, 'GIF'],
  ['a bare LF for an empty line', `${OK}content-length: 3\r\n\nGIF`, 'GIF'],
  ['an empty line in the body behind it', `${OK}content-length: 4\n\n\n\r\nx`, '\n\r\nx'],
  ['a folded line', `${OK}x: a\r\n b\r\ncontent-length: 3\r\n\r\nGIF`, 'GIF'],
  ['a space before a colon', `${OK}content-length : 3\r\n\r\nGIF`, 'GIF'],
  ['a length twice', `${OK}content-length: 3\r\ncontent-length: 3\r\n\r\nGIF`, 'GIF'],
  ['a control', `${OK}x: \x1b\r\ncontent-length: 3\r\n\r\nGIF`, 'GIF'],
  [
    'chunks beside a length',
    `${OK}content-length: 9\r\ntransfer-encoding: chunked\r\n\r\n3\r\nGIF\r\n0\r\n\r\n`,
    'GIF',
  ],
  ['a bare LF between chunks', `${OK}transfer-encoding: chunked\r\n\r\n3\nGIF\r\n0\r\n\r\n`, 'GIF'],
  [
    'a bare LF in an interim response',
    'HTTP/1.1 103 Early Hints\r\n\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nGIF',
    'GIF',
  ],
] as const) {
  test(`ResponseReader: ${what} is accepted, and odd, wherever it is cut`, () => {
    for (let cut = 0; cut < text.length; cut++) {
      const { read, reader, events } = open();
      read(text.slice(0, cut));
      read(text.slice(cut));
      assert.deepEqual([events.at(-1), reader.isDone, reader.isOdd], [body, true, true]);
    }
  });
}

test('ResponseReader: a correct response is not odd', () => {
  for (const text of [WHOLE, CHUNKED, `HTTP/1.1 103 Early Hints\r\n\r\n${WHOLE}`]) {
    const { read, reader } = open();
    read(text);
    assert.deepEqual([reader.isDone, reader.isOdd], [true, false]);
  }
});
