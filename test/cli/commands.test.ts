import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandsFor } from '../../src/cli/commands.ts';

const ALL = [
  'get',
  'retry',
  'status',
  'report',
  'forget',
  'plan',
  'work',
  'flags',
  'compare',
  'serve',
  'spinner',
  'completion',
];

function namesFor(...args: string[]): string[] {
  return commandsFor(args).map((command) => command.name());
}

test('commandsFor: only the command that is named', () => {
  assert.deepEqual(namesFor('get', '--help'), ['get']);
  assert.deepEqual(namesFor('spinner'), ['spinner']);
});

test('commandsFor: all commands in the order of the help, where none is named', () => {
  for (const args of [[], ['--help'], ['help', 'get'], ['gte'], ['-V', 'get'], ['constructor']]) {
    assert.deepEqual(namesFor(...args), ALL, args.join(' '));
  }
});

test('commandsFor: all commands for completion, which completes the options of all', () => {
  assert.deepEqual(namesFor('completion', 'bash'), ALL);
});
