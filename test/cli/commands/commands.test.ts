import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandsFor } from '../../../src/cli/commands/commands.ts';

const ALL = [
  'get',
  'retry',
  'status',
  'report',
  'flags',
  'compare',
  'serve',
  'spinner',
  'completion',
];

async function namesFor(...args: string[]): Promise<string[]> {
  return (await commandsFor(args)).map((command) => command.name());
}

test('commandsFor loads the one command that is named, and no other', async () => {
  assert.deepEqual(await namesFor('get', '--help'), ['get']);
  assert.deepEqual(await namesFor('spinner'), ['spinner']);
});

test('commandsFor loads all of them, in the order of the help, where none is named', async () => {
  for (const args of [[], ['--help'], ['help', 'get'], ['gte'], ['-V', 'get'], ['constructor']]) {
    assert.deepEqual(await namesFor(...args), ALL, args.join(' '));
  }
});

test('commandsFor loads all of them for completion, which completes the options of all', async () => {
  assert.deepEqual(await namesFor('completion', 'bash'), ALL);
});
