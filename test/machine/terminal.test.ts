import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { LedgerReader } from '../../src/ledger/read/ledger-reader.ts';
import { COMMAND } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { assertResumes, serveList, untilAsked } from './machine-run.ts';

/** Starts `flaghoist` in a terminal of its own, from a shell that runs `prelude` first. */
function startInTerminal(prelude: string, ...args: string[]) {
  const words = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ');
  const script = `${prelude}\nexec ${words}`;
  return spawn('script', ['--quiet', '--return', '--command', script, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

test('get: goes on in a terminal that is made smaller, and stays within it', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 60, size: 100, delay: 100 });
  const smaller = join(folder, 'smaller');
  const resize = `(until [ -e '${smaller}' ]; do sleep 0.02; done; stty cols 40 </dev/tty; echo RESIZED) &`;
  const prelude = `stty cols 100 rows 24; ${resize}`;
  const args = ['get', '-m', '4', '-d', join(folder, 'files'), '-i', wanted.list];
  const terminal = startInTerminal(prelude, ...args);
  const shown = text(terminal.stdout);
  await untilAsked(wanted, 20);
  await writeFile(smaller, '');
  const [code] = await once(terminal, 'close');
  assert.equal(code, 0);
  const [before = '', after = ''] = (await shown).split('RESIZED');
  const linesOf = (part: string) => stripVTControlCharacters(part).split(/\r*\n|\r/);
  assert.ok(linesOf(before).some((line) => line.length > 40));
  // The first screen may have been drawn while the terminal changed.
  const drawn = linesOf(after).filter((line) => line.includes('/60'));
  assert.ok(drawn.length > 2);
  for (const line of drawn.slice(1)) assert.ok(line.length <= 40, line);
});

test('get: ends in order when its terminal is closed, and goes on', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 120, size: 100, delay: 100 });
  const directory = join(folder, 'files');
  const terminal = startInTerminal(':', 'get', '-m', '10', '-d', directory, '-i', wanted.list);
  terminal.stdout.resume();
  await untilAsked(wanted, 50);
  // That closes the other end of the terminal.
  terminal.kill('SIGKILL');
  await once(terminal, 'exit');
  assert.equal(await endingOf(directory), 'interrupted');
  assert.ok((await assertResumes(wanted, directory)) >= 10);
});

test('get: ends in order at Ctrl-C in a terminal with a progress bar, and goes on', async (t) => {
  const folder = await temporaryDirectory(t);
  const wanted = await serveList(t, folder, { rows: 120, size: 100, delay: 100 });
  const directory = join(folder, 'files');
  const terminal = startInTerminal(':', 'get', '-m', '10', '-d', directory, '-i', wanted.list);
  const shown = text(terminal.stdout);
  await untilAsked(wanted, 50);
  // Ctrl-C as the key sends it: the terminal turns it into a signal.
  terminal.stdin.write('\x03');
  const [code] = await once(terminal, 'close');
  const lines = stripVTControlCharacters(await shown);
  assert.match(lines, /^cancelled +\d+\r$/m);
  assert.equal(code, 130);
  assert.equal(await endingOf(directory), 'interrupted');
  assert.ok((await assertResumes(wanted, directory)) >= 10);
});

/** Waits for the run in a directory to end, at most for the timeout of the test. @returns how it ended */
async function endingOf(directory: string): Promise<string | undefined> {
  for (;;) {
    using reader = new LedgerReader(directory);
    if (!reader.isInUse) return reader.lastRun?.ending;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
