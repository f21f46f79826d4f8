import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine, goOnText, shellWord } from '../../src/report/command-line.ts';

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

test('goOnText: the same command, and what has to be given again', () => {
  assert.equal(
    goOnText(['get', '-i', 'a list.txt', '-d', 'out'], true),
    "To go on, run the same command again:\n  flaghoist get -i 'a list.txt' -d out\n",
  );
  assert.equal(
    goOnText(['get', '-i', '-', '--user', '***'], true),
    "To go on, run the same command again (with the secrets in place of *** and the same list on stdin):\n  flaghoist get -i - --user '***'\n",
  );
  assert.match(
    goOnText(['get', 'http://a/', '--no-ledger'], false),
    /^The same command begins anew/,
  );
});
