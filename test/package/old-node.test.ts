import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/flaghoist.js', import.meta.url));

/** Changes the version of the running Node to an old one before the command is loaded. */
const PRETEND_OLD = `data:text/javascript,${encodeURIComponent(`
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.20.0' } });
  Object.defineProperty(process, 'version', { value: 'v22.20.0' });
`)}`;

function assertRefuses(node: string, options: string[], version: RegExp): void {
  const run = spawnSync(node, [...options, COMMAND, '--version'], { encoding: 'utf8' });
  assert.equal(run.status, 3, run.stderr);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, /^flaghoist needs Node 24 or later; this is v.*npm start.*\n$/);
  assert.match(run.stderr, version);
}

/** A Node on this machine that is older than the oldest supported one. */
function findOldNode(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter((node) => existsSync(node))
    .find((node) => {
      const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
      return /^v(\d+)/.test(stdout ?? '') && Number.parseInt(stdout.slice(1), 10) < 24;
    });
}

test('flaghoist: refuses a Node that is too old, in one line', () => {
  assertRefuses(process.execPath, ['--import', PRETEND_OLD], /this is v22\.20\.0/);
});

const oldNode = findOldNode();

test('flaghoist: loads far enough on a real old Node to refuse it', {
  skip: oldNode === undefined && 'there is no Node older than 24 on this machine',
}, () => {
  assertRefuses(oldNode as string, [], /this is v\d+/);
});
