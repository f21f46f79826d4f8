import fc from 'fast-check';

/** Lines of heads, valid and invalid. */
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('Server: x', 'ETag: "a"', 'X-Ü: \xfc', 'Empty:', 'Date:Wed'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'Set-Cookie: a=1',
      'Set-Cookie: b=2',
      'Connection: close',
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      'constructor: x',
      '__proto__: x',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ' folded',
      '\tfolded: too',
      'no colon',
      ': no name',
      'Spaced : x',
      'Bad\x01Name: x',
      'Value: \x01',
      'Tab:\tx\t',
      'Bare: \rx',
      'Line: \nx',
    ),
  },
);

/** Values made of characters that parsers may take for spaces, letters or ends. */
const odd = (...parts: string[]) =>
  fc
    .array(fc.constantFrom(...parts, ' ', '\t', ',', ';', '"', '\x80', '\xa0'), { maxLength: 4 })
    .map((all) => all.join(''));

const oddFraming = fc.oneof(
  odd('chunked', 'chunked', 'Chunked', 'gzip', 'identity', 'x').map(
    (value) => `Transfer-Encoding:${value}`,
  ),
  odd('5', '5', '05', '+', '.').map((value) => `Content-Length:${value}`),
);

const framing = fc.oneof(
  oddFraming,
  fc.tuple(oddFraming, oddFraming).map((lines) => lines.join('\r\n')),
  fc.constantFrom('', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
  fc.constantFrom(
    'Content-Length: 0',
    'Content-Length: 9',
    'Content-Length: +5',
    'Content-Length: 5, 5',
    'Content-Length: 5\r\nContent-Length: 5',
    'Content-Length: 5\r\nContent-Length: 6',
    'Content-Length: 99999999999999999999',
    'Content-Length: 5\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nContent-Length: 5',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding: chunked, gzip',
    'Transfer-Encoding: Chunked',
    'Transfer-Encoding: identity',
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding:',
    'Content-Length:',
  ),
);

const chunk = fc.oneof(
  fc.constantFrom('3\r\nGIF\r\n', 'a\r\n0123456789\r\n', '1;x=y\r\nz\r\n', '003\r\nabc\r\n'),
  fc.constantFrom(
    '3 \r\nGIF\r\n',
    '3\r\nGIFT\r\n',
    '3\nGIF\n',
    '\r\nGIF\r\n',
    'g\r\nGIF\r\n',
    '-3\r\nGIF\r\n',
    '0x3\r\nGIF\r\n',
    '1;"x\r\ny"\r\nz\r\n',
    'fffffffffffffffff\r\nx',
    '3;\r\nGIF\r\n',
    '3 ; x\r\nGIF\r\n',
  ),
);
const lastChunk = fc.constantFrom(
  '0\r\n\r\n',
  '0\r\nTrailer: x\r\n\r\n',
  '0\r\n',
  '',
  '0\r\nbad\r\n\r\n',
  '0\r\n\r\nmore',
);

const body = fc.oneof(
  fc.constantFrom('', 'GIF89', 'GIF', 'GIF89 and more'),
  fc
    .tuple(fc.array(chunk, { maxLength: 3 }), lastChunk)
    .map(([chunks, last]) => chunks.join('') + last),
);

const start = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.0 200 OK', 'HTTP/1.1 404 Not Found'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'HTTP/1.1 200',
      'HTTP/1.1 200 ',
      'HTTP/1.1 204 No Content',
      'HTTP/1.1 304 Not Modified',
      'HTTP/1.1 205 Reset Content',
      'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK',
      'HTTP/1.1 101 Switching Protocols',
      'HTTP/1.1 200 \x1b[31m\xe9',
      'HTTP/1.1 999 ?',
      'HTTP/1.1 099 ?',
      'HTTP/1.1 2000 OK',
      'HTTP/1.1  200 OK',
      'HTTP/1.2 200 OK',
      'HTTP/2.0 200 OK',
      'HTTP/0.9 200 OK',
      'http/1.1 200 OK',
      'ICY 200 OK',
      '\r\nHTTP/1.1 200 OK',
      ' HTTP/1.1 200 OK',
      'HTTP/1.1\t200 OK',
      'HTTP/1.1 200\tOK',
    ),
  },
);

const wellPut = fc
  .tuple(start, fc.array(line, { maxLength: 3 }), framing, fc.array(line, { maxLength: 2 }), body)
  .map(([first, before, frame, after, rest]) =>
    [first, ...before, ...(frame === '' ? [] : [frame]), ...after, '', rest].join('\r\n'),
  );

/** One byte added, removed or changed. */
const slip = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 2 }),
  insert: fc.constantFrom(
    '',
    '\r',
    '\n',
    '\r\n',
    ' ',
    '\t',
    ':',
    ',',
    '\0',
    '0',
    'x',
    '\x80',
    '\r\n\r\n',
  ),
});

/** Responses, one character for each byte: many are valid, others nearly. */
export const response = fc
  .tuple(
    wellPut,
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(slip, { maxLength: 2 })),
  )
  .map(([text, slips]) =>
    slips.reduce((slipped, { at, remove, insert }) => {
      const place = at % (slipped.length + 1);
      return slipped.slice(0, place) + insert + slipped.slice(place + remove);
    }, text),
  );
