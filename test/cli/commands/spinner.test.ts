import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { COMMAND } from '../../support/command.ts';
import { ended, runFlaghoist, startFlaghoist } from '../run-flaghoist.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Seen {
  /** Every byte that the terminal got. */
  output: string;
  /** The longest time that the event loop was blocked, in ms. */
  longestBlock: number;
}

/** Runs Node with `words` as arguments in a pseudo-terminal. */
async function inTerminal(...words: string[]): Promise<Seen> {
  const directory = await mkdtemp(join(tmpdir(), 'spinner-'));
  const file = join(directory, 'longest-block');
  try {
    const probe = import.meta.resolve('./longest-block.ts');
    const command = [process.execPath, '--import', probe, ...words].map((word) => `'${word}'`);
    const { stdout } = await promisify(execFile)(
      'script',
      ['--quiet', '--return', '--command', `exec ${command.join(' ')}`, '/dev/null'],
      { cwd: ROOT, env: { ...process.env, LONGEST_BLOCK: file } },
    );
    return { output: stdout, longestBlock: Number(await readFile(file, 'utf8')) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Makes backspaces visible. */
function withArrows(output: string): string {
  return output.replaceAll('\b', '←');
}

/** Checks every byte: the object, the frames in turn, each wiped by backspaces, the wiped line, the answer. */
function assertSpun(output: string, { object, frames }: { object: RegExp; frames: number }): void {
  const parts = /^spinner object: (.*)\r\n((?:. thinking!←+)+)( +)(←+)Answer: 42\r\n$/s.exec(
    withArrows(output),
  );
  assert.ok(parts, JSON.stringify(output));
  const [, shown = '', drawn = '', blanks = '', backspaces = ''] = parts;
  assert.match(shown, object);
  assert.deepEqual([blanks.length, backspaces.length], [11, 11]);
  const statuses = drawn.split('←'.repeat(11));
  assert.equal(statuses.pop(), '');
  assert.ok(statuses.length >= frames, `${statuses.length} frames`);
  for (const [turn, status] of statuses.entries()) {
    assert.equal(status, `${'|/-\\'[turn % 4]} thinking!`);
  }
}

describe('the spinner examples, in a terminal', { concurrency: true }, () => {
  it('examples/spinner-thread.ts: draws on a thread while the main thread is blocked', async () => {
    const { output, longestBlock } = await inTerminal('examples/spinner-thread.ts');
    assertSpun(output, { object: /^<Job pending thread=\d+ fn=spin>$/, frames: 10 });
    assert.ok(longestBlock >= 2_900, `${longestBlock} ms`);
  });

  it('examples/spinner-task.ts: draws in a task, on the one thread', async () => {
    const { output } = await inTerminal('examples/spinner-task.ts');
    // The task could not have drawn while the loop was blocked.
    assertSpun(output, { object: /^<Task pending name='spinner'>$/, frames: 10 });
  });
});

describe('flaghoist spinner', { concurrency: true }, () => {
  const command = [COMMAND, 'spinner', '--seconds', '2.5'];

  for (const options of [[], ['--task']]) {
    it(`${['spinner', ...options].join(' ')}: draws in a task`, async () => {
      const { output } = await inTerminal(...command, ...options);
      assertSpun(output, { object: /^<Task pending name='.+'>$/, frames: 3 });
    });
  }

  it('spinner --thread: draws on a thread, while the function blocks', async () => {
    const { output, longestBlock } = await inTerminal(...command, '--thread');
    assertSpun(output, { object: /^<Job pending thread=\d+ fn=spinUntilFlagged>$/, frames: 3 });
    assert.ok(longestBlock >= 2_400, `${longestBlock} ms`);
  });

  it('spinner: SIGINT cancels the task, wipes its line, and is exit code 130', async () => {
    const running = startFlaghoist('spinner', '--seconds', '100');
    const end = ended(running);
    let output = '';
    for await (const chunk of running.stdout) {
      output += chunk;
      if (output.includes('/ thinking!') && !running.killed) running.kill('SIGINT');
    }
    assert.deepEqual(await end, { code: 130, signal: null });
    assert.match(withArrows(output), /thinking!←{11} {11}←{11}$/);
  });

  it('spinner: both kinds at once, or a wrong time, are wrong usage', async () => {
    for (const wrong of [
      ['--thread', '--task'],
      ['--seconds', 'soon'],
    ]) {
      const { code, stdout, stderr } = await runFlaghoist('spinner', ...wrong);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^\*\*\* Usage error: /);
    }
  });
});
