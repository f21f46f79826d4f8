import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { runFlaghoist } from '../run-flaghoist.ts';
import { stderrOfWrongUsage } from '../wrong-usage.ts';

/** The completions that bash offers for the last of these words. */
async function offered(script: string, ...words: string[]): Promise<string[]> {
  const ask = `${script}
    COMP_WORDS=(flaghoist ${words.map((word) => `'${word}'`).join(' ')})
    COMP_CWORD=${words.length}
    _flaghoist
    echo "\${COMPREPLY[*]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', ask]);
  return stdout.trim().split(' ');
}

test('completion: bash completes commands, and the options of each', async () => {
  const { code, stdout: script } = await runFlaghoist('completion', 'bash');
  assert.equal(code, 0);
  assert.deepEqual(await offered(script, 're'), ['retry', 'report']);
  assert.deepEqual(await offered(script, 'get', '--max-re'), ['--max-requests', '--max-redirects']);
  assert.deepEqual(await offered(script, 'flags', '--a'), ['--all']);
});

test('completion: zsh takes what bash takes, fish has descriptions', async () => {
  const [bash, zsh, fish] = await Promise.all(
    ['bash', 'zsh', 'fish'].map((shell) => runFlaghoist('completion', shell)),
  );
  assert.ok(bash && zsh?.stdout.endsWith(bash.stdout));
  assert.match(fish?.stdout ?? '', /^complete .*from flags' -l all -s a -d 'all the flags/m);
});

test('completion: an unknown shell is wrong usage', async (t) => {
  const stderr = await stderrOfWrongUsage(t, 'completion', 'tcsh');
  assert.match(stderr, /^\*\*\* Usage error: SHELL must be one of bash, zsh, fish, not 'tcsh'\n/);
});
