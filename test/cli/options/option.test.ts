import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Option } from 'commander';
import { createCommand } from '../../../src/cli/command.ts';
import { GET_OPTIONS } from '../../../src/cli/options/get-options.ts';
import {
  addOptions,
  checkExclusions,
  flag,
  negated,
  type OptionTable,
  parsed,
  replaceValues,
  text,
  texts,
} from '../../../src/cli/options/option.ts';
import {
  COMPARE_OPTIONS,
  FLAGS_OPTIONS,
  REPORT_OPTIONS,
  RETRY_SELECTION,
  SERVE_OPTIONS,
  SPINNER_OPTIONS,
} from '../../../src/cli/options/other-commands.ts';
import { UsageError } from '../../../src/cli/options/values.ts';

const TABLE = {
  ledger: negated({ flags: '--no-ledger', help: '', excludes: ['newer'] }),
  newer: flag({ flags: '-N, --newer', help: '' }),
  output: text({ flags: '-o, --output <FILE>', help: '' }),
  header: texts({ flags: '-H, --header <H>', help: '' }),
  tries: parsed({
    flags: '--tries <N>',
    help: '',
    parse: (value, name) => `${name}: ${value}`,
    default: 'four',
  }),
  dashboard: parsed({ flags: '--dashboard [PORT]', help: '', parse: Number, preset: '0' }),
};

function valuesOf(...args: string[]): Record<string, unknown> {
  return addOptions(createCommand('get'), TABLE).parse(args, { from: 'user' }).opts();
}

test('addOptions: without arguments there are only the defaults', () => {
  assert.deepEqual(valuesOf(), { ledger: true, tries: 'four' });
});

test('addOptions: each kind of option', () => {
  assert.deepEqual(
    valuesOf(
      ...['--no-ledger', '-N', '-o', 'x', '-H', 'a', '--header', 'b', '--tries', '3'],
      '--dashboard',
    ),
    {
      ledger: false,
      newer: true,
      output: 'x',
      header: ['a', 'b'],
      tries: '--tries N: 3',
      dashboard: 0,
    },
  );
  assert.deepEqual(valuesOf('--dashboard=80').dashboard, 80);
});

test('checkExclusions: two options that exclude each other, by their names', () => {
  checkExclusions(TABLE, valuesOf('--newer'));
  checkExclusions(TABLE, valuesOf('--no-ledger'));
  assert.throws(
    () => checkExclusions(TABLE, valuesOf('--newer', '--no-ledger')),
    new UsageError('--no-ledger and --newer exclude each other'),
  );
});

test('replaceValues: a new value drops the options that exclude it, or that it excludes', () => {
  const values = { ledger: false, newer: undefined, output: 'a', tries: 'four' };
  assert.deepEqual(replaceValues<Record<string, unknown>>(TABLE, values, { newer: true }), {
    ...values,
    ledger: undefined,
    newer: true,
  });
  assert.deepEqual(replaceValues<Record<string, unknown>>(TABLE, values, { output: 'b' }), {
    ...values,
    output: 'b',
  });
});

for (const [name, table] of Object.entries({
  GET_OPTIONS,
  COMPARE_OPTIONS,
  FLAGS_OPTIONS,
  REPORT_OPTIONS,
  RETRY_SELECTION,
  SERVE_OPTIONS,
  SPINNER_OPTIONS,
})) {
  test(`${name}: every key is the name by which commander has the value`, () => {
    const entries = Object.entries<OptionTable[string]>(table);
    for (const [key, { flags, excludes = [] }] of entries) {
      assert.equal(new Option(flags).attributeName(), key);
      for (const other of excludes) assert.ok(Object.hasOwn(table, other), other);
    }
  });
}
