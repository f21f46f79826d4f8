import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine, shellWord } from '../../src/report/command-line.ts';

test('commandLine: words as a shell takes them', () => {
  const args = ['get', '-i', "Ann's list", 'https://example.com/?a=1', '--rate=5/s'];
  const words = "'Ann'\\''s list' 'https://example.com/?a=1' --rate=5/s";
  assert.equal(commandLine(args), `flaghoist get -i ${words}`);
});

test('commandLine: nothing for a run that no command began', () => {
  assert.equal(commandLine([]), '');
});

test('shellWord: is one printable line', () => {
  assert.equal(shellWord('a\n\x1b[2J'), "'a\\n\\x1b[2J'");
});
