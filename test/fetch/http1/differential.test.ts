// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { propertyRuns } from '../../support/property-runs.ts';
import { nodesReading, ourReading, type Reading } from './node-reading.ts';
import { response } from './responses.ts';

/**
 * Where our parser accepts what Node's refuses, and why that is safe: the difference lies after the
 * body, beside it, or there is no body.
 *
 * An `odd` response is read as curl reads it, and nothing more is read from its connection: if
 * another parser cuts it differently, nothing is left to cut.
 */
const TAKEN: ReadonlyArray<readonly [refusal: RegExp, where: keyof typeof WHERE, why: string]> = [
  [/^HPE_(?:INVALID_CONSTANT|CLOSED_CONNECTION)/, 'behind', 'no other response is read after it'],
  [/^HPE_CLOSED_CONNECTION/, 'interim', 'one that says it is the last has another one behind it'],
  [/^HPE_INVALID_HEADER_TOKEN/, 'behind', 'trailers are not read'],
  [
    /^HPE_(?:INVALID_CHUNK_SIZE|STRICT) Invalid character in chunk (?:size|extensions)/,
    'beside',
    'nor what is behind the size of a chunk: spaces, a semicolon without an extension',
  ],
  [
    /^HPE_(?:INVALID_CONTENT_LENGTH|UNEXPECTED_CONTENT_LENGTH|INVALID_TRANSFER_ENCODING)/,
    'bodiless',
    'there is no body, whatever they say of its length (RFC 9112 section 6.3)',
  ],
  [
    /^HPE_INVALID_HEADER_TOKEN/,
    'odd',
    'a space or another character in a name; a control in a value',
  ],
  [
    /^HPE_(?:LF_EXPECTED|CR_EXPECTED|STRICT|INVALID_CONSTANT|INVALID_STATUS)/,
    'odd',
    'a bare LF ends a line, the first one too',
  ],
  [/^HPE_UNEXPECTED_SPACE/, 'odd', 'a line goes on in the next one'],
  [/^HPE_UNEXPECTED_CONTENT_LENGTH/, 'odd', 'the same length twice'],
  [/^HPE_INVALID_CONTENT_LENGTH/, 'odd', 'the same length twice in a line'],
  [/^HPE_INVALID_TRANSFER_ENCODING/, 'odd', 'chunks count for more than a length'],
  [/^HPE_INVALID_CHUNK_SIZE/, 'odd', 'a bare LF behind the size of a chunk'],
];

/** How far Node's parser got. */
const WHERE = {
  behind: (ours: Reading, nodes: Reading) =>
    nodes.status === ours.status && nodes.body === ours.body,
  beside: (ours: Reading, nodes: Reading) =>
    nodes.status === ours.status && ours.body?.startsWith(nodes.body ?? ''),
  interim: (_: Reading, nodes: Reading, text: string) =>
    nodes.status === undefined && /^HTTP\/1\.\d 1/.test(text),
  odd: ({ isOdd }: Reading) => isOdd === true,
  bodiless: ({ status, body }: Reading) => (status === 204 || status === 304) && body === '',
} as const;

/** Where our parser refuses what Node's accepts. */
const REFUSED: ReadonlyArray<readonly [refusal: RegExp, text: RegExp]> = [
  // An unknown coding, or one after `chunked`: Node reads until the end of the connection.
  [/^Transfer-Encoding names an invalid coding/, /^transfer-encoding:.*[\x80-\xff]/im],
  [/^Transfer-Encoding names no coding/, /^transfer-encoding:.*,[ \t]*\r$/im],
  [/^Transfer-Encoding goes on after chunked/, /^transfer-encoding:.*chunked/im],
  [/^not a header field: "transfer-encoding:/i, /^transfer-encoding:.*\t *\r$/im],
  [/^it switches to a protocol/, /^HTTP\/1\.1 101/m],
  // Other versions and statuses, and lines before the first one.
  [
    /^not the start of an HTTP\/1 response/,
    /(?:^|\r\n\r\n)(?:[\r\n]|HTTP\/(?:0\.9|2\.0) |HTTP\/1\.\d 0)/,
  ],
];

const sorted = ({ fields = [] }: Reading) => [...fields].sort();

function compare(text: string, ours: Reading, nodes: Reading): void {
  if (ours.refusal === undefined && nodes.refusal === undefined) {
    const { isOdd: _, ...read } = ours;
    assert.deepEqual({ ...read, fields: sorted(ours) }, { ...nodes, fields: sorted(nodes) });
  } else if (ours.refusal === undefined && ours.isWhole) {
    const known = TAKEN.some(
      ([refusal, where]) => refusal.test(nodes.refusal ?? '') && WHERE[where](ours, nodes, text),
    );
    assert.ok(known, `it is taken as ${JSON.stringify(ours)}, and Node says: ${nodes.refusal}`);
  } else if (ours.refusal !== undefined && nodes.isWhole) {
    const known = REFUSED.some(
      ([refusal, form]) => refusal.test(ours.refusal ?? '') && form.test(text),
    );
    assert.ok(known, `Node takes it, and not because of: ${ours.refusal}`);
  }
}

test('ResponseReader: agrees with Node, and accepts nothing else that is ambiguous', async () => {
  const property = fc.asyncProperty(response, async (text) => {
    const bytes = [Buffer.from(text, 'latin1')];
    compare(text, ourReading(bytes), await nodesReading(bytes));
  });
  await fc.assert(property, propertyRuns(1_000));
});

test('ResponseReader: reads the same wherever the bytes are cut', () => {
  const cuts = fc.array(fc.nat(), { maxLength: 20 });
  const property = fc.property(response, cuts, (text, at) => {
    const bytes = Buffer.from(text, 'latin1');
    const places = at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
    const pieces = [0, ...places].map((place, i) =>
      bytes.subarray(place, places[i] ?? bytes.length),
    );
    const [whole, cut] = [ourReading([bytes]), ourReading(pieces)];
    // Invalid input may be noticed earlier, by its beginning, or with other words.
    assert.equal(cut.refusal === undefined, whole.refusal === undefined);
    if (whole.refusal === undefined) assert.deepEqual(cut, whole);
  });
  fc.assert(property, propertyRuns(2_000));
});
