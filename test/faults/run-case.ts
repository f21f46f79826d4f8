/** Runs the real command against a server with a fault, and says what came of the row. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultServer, startFaultServer } from '../../src/server/faults/fault-server.ts';
import { resourceAt } from '../../src/server/faults/resource.ts';
import { loadFlags } from '../../src/server/flag-store.ts';
import { outcomesIn, startGet } from '../cli/get-support.ts';
import { finished } from '../cli/run-flaghoist.ts';
import type { Case } from './matrix.ts';

/** How a fault meets the run; the columns of the matrix. */
export type Situation = 'get' | 'retry' | 'resume';

/** Long enough to be written as it comes, so that what came of it is kept as a part. */
const PATH = '/bytes/200000/file.bin';

/** ms. A run that takes longer hangs. */
const TOO_LONG = 15_000;

const DEADLINES = [
  '--first-byte-timeout',
  '400ms',
  '--idle-timeout',
  '400ms',
  '--retry-max-wait',
  '50ms',
];

/**
 * @returns how the row ended, as `matrix.ts` writes it
 * @throws AssertionError when the run hangs or crashes, loses the row, leaves something outside of
 *   its directory, or a file under its name that is not the right one
 */
export async function runCase(one: Case, situation: Situation): Promise<string> {
  const outer = await mkdtemp(join(tmpdir(), 'flaghoist-fault-'));
  try {
    const directory = join(outer, 'files');
    await mkdir(directory);
    const port = situation === 'resume' ? await leavePart(outer, directory) : 0;
    await using server = await startFaultServer({ faults: [specOf(one, situation)], port });
    const ending = await run(one, server, outer, situation === 'retry' ? '4' : '2');
    assert.deepEqual((await readdir(outer)).sort(), ['files', 'list.csv']);
    await checkFiles(one, directory, ending);
    return ending;
  } finally {
    await rm(outer, { recursive: true, force: true });
  }
}

function specOf({ fault }: Case, situation: Situation): string {
  const times = `times=${situation === 'retry' ? 1 : 1_000_000}`;
  return fault.includes(':') ? `${fault},${times}` : `${fault}:${times}`;
}

/** An earlier run that got half of the file. @returns the port where the server was */
async function leavePart(outer: string, directory: string): Promise<number> {
  await using server = await startFaultServer({ faults: ['truncate'] });
  const plain: Case = { fault: 'truncate', get: '', retry: '', resume: '' };
  assert.equal(await run(plain, server, outer, '1'), 'failed: truncated');
  const names = await readdir(join(directory, '.flaghoist', 'parts'));
  const parts = names.filter((name) => name.endsWith('.part'));
  assert.equal(parts.length, 1, `a part: ${parts}`);
  return server.port;
}

async function run(one: Case, server: FaultServer, outer: string, tries: string): Promise<string> {
  const list = join(outer, 'list.csv');
  const checksum = `sha256:${createHash('sha256').update(honest()).digest('hex')}`;
  await writeFile(list, `url,checksum\n${server.url}${PATH},${one.checksum ? checksum : ''}\n`);
  const child = startGet(
    ...['--json', '--tries', tries, '-d', join(outer, 'files'), '-i', list],
    ...['--checksum-column', 'checksum', ...DEADLINES, ...(one.options ?? [])],
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), TOO_LONG);
  const { code, signal, stdout, stderr } = await finished(child);
  clearTimeout(timer);
  assert.equal(signal, null, `it hangs: ${stderr}`);
  const [row, ...more] = outcomesIn(stdout);
  assert.ok(row !== undefined && more.length === 0, stdout);
  assert.equal(code, row.status === 'failed' || row.status === 'not-found' ? 1 : 0, stderr);
  return row.reason === null ? row.status : `${row.status}: ${row.reason}`;
}

/** There is the right file when the row is ok, and none when it is not. */
async function checkFiles(one: Case, directory: string, ending: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name !== '.flaghoist');
  if (ending !== 'ok') {
    assert.deepEqual(names, []);
    return;
  }
  assert.equal(names.length, 1, `one file: ${names}`);
  const file = await readFile(join(directory, names[0] as string));
  if (!one.taken)
    assert.ok(file.equals(honest()), `${file.length} bytes, which are not those of the file`);
  const left = await readdir(join(directory, '.flaghoist', 'parts')).catch(() => []);
  assert.deepEqual(left, [], 'no part is left');
}

function honest(): Buffer {
  return resourceAt(PATH, loadFlags())?.body as Buffer;
}
