import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Question,
  readQuestion,
  TYPE_A,
  writeAnswer,
} from '../../../bench/openweb/dns-message.ts';

/** A query with id 0x1234 for `a.web.test`, with an OPT record after the question, as resolvers send it. */
const QUERY = Buffer.from(
  `1234 0100 0001 0000 0000 0001  01 61 03 776562 04 74657374 00  0001 0001
   00 0029 04d0 00000000 0000`.replaceAll(/\s/g, ''),
  'hex',
);
const QUESTION = readQuestion(QUERY) as Question;

test('readQuestion: name and type', () => {
  assert.deepEqual(QUESTION, { name: 'a.web.test', type: TYPE_A, end: 28 });
});

test('readQuestion: undefined for a truncated message', () => {
  for (let length = 0; length < QUESTION.end; length++) {
    assert.equal(readQuestion(QUERY.subarray(0, length)), undefined);
  }
});

test('writeAnswer: an address with its time to live', () => {
  const answer = writeAnswer(QUERY, QUESTION, { address: '127.0.54.3' }, 300).toString('hex');
  const question = QUERY.subarray(12, 28).toString('hex');
  assert.equal(answer, `123485800001000100000000${question}c00c000100010000012c00047f003603`);
});

test('writeAnswer: a negative answer has an SOA record with its time to live', () => {
  const none = writeAnswer(QUERY, QUESTION, 'no address', 60);
  assert.equal(none.toString('hex', 2, 12), '85800001000000010000');
  assert.equal(none.readUInt32BE(none.length - 4), 60);
  const unknown = writeAnswer(QUERY, QUESTION, 'no such name', 60);
  assert.equal(unknown.toString('hex', 2, 4), '8583');
});
