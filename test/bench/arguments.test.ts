import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments, usage } from '../../bench/arguments.ts';
import { CASES } from '../../bench/cases/index.ts';

const parse = (...args: string[]) => parseArguments(args, CASES);
const namesOf = (...args: string[]) => parse(...args).cases.map(({ name }) => name);

test('parseArguments: all cases if none is named', () => {
  assert.deepEqual(
    namesOf(),
    CASES.map(({ name }) => name),
  );
  assert.deepEqual(parse(), { cases: CASES, isQuick: false, isHelp: false });
});

test('parseArguments: cases in a list or one by one, each once', () => {
  assert.deepEqual(namesOf('--case', 'start-up,big-file', '--case', 'start-up'), [
    'start-up',
    'big-file',
  ]);
});

test('parseArguments: a case without --case, and a group by the beginning of its names', () => {
  assert.deepEqual(namesOf('start-up'), ['start-up']);
  assert.deepEqual(namesOf('http', '--case', 'start-up'), ['http-10k', 'http-100k', 'start-up']);
  assert.deepEqual(namesOf('--case', 'openweb'), namesOf('openweb', 'openweb-3k'));
  assert.throws(() => parse('htt'), /no case htt/);
});

test('parseArguments: reads numbers', () => {
  const { rounds, rows, isQuick } = parse('--rounds', '3', '--rows', '1000', '--quick');
  assert.deepEqual({ rounds, rows, isQuick }, { rounds: 3, rows: 1000, isQuick: true });
  assert.equal(parse('--directory', '/var/tmp').directory, '/var/tmp');
});

test('parseArguments: refuses unknown cases and options', () => {
  assert.throws(() => parse('--case', 'nonsense'), /no case nonsense: there are start-up, /);
  assert.throws(() => parse('--fast'), /--fast/);
  for (const bad of ['0', '-1', '1.5', 'many', '']) {
    assert.throws(() => parse(`--rounds=${bad}`), /--rounds must be a whole number from 1/);
  }
});

test('usage: lists every case', () => {
  for (const { name, title } of CASES) {
    assert.ok(usage(CASES).includes(name) && usage(CASES).includes(title));
  }
});

test('CASES: different names, and quick lists no longer than whole ones', () => {
  assert.equal(new Set(CASES.map(({ name }) => name)).size, CASES.length);
  for (const { rows, quickRows } of CASES) assert.ok(quickRows <= rows);
});
