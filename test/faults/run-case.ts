/** Runs the real command against a server with a fault, and says what came of the row. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startFaultServer } from '../../src/server/faults/fault-server.ts';
import { type Resource, resourceAt } from '../../src/server/faults/resource.ts';
import { loadFlags } from '../../src/server/flag-store.ts';
import { outcomesIn, startGet } from '../cli/get-support.ts';
import { finished } from '../cli/run-flaghoist.ts';
import { selfSigned } from '../support/certificates.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startEarlierServer } from './earlier-server.ts';
import type { Case } from './matrix.ts';

/** How a fault meets the run; the columns of the matrix. */
export type Situation = 'get' | 'retry' | 'resume';

/** Long enough to be written as it comes, so that what came of it is kept as a part. */
const PATH = '/bytes/200000/file.bin';

const FILE = resourceAt(PATH, loadFlags()) as Resource;

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
export async function runCase(t: TestContext, one: Case, situation: Situation): Promise<string> {
  const outer = await temporaryDirectory(t);
  const directory = join(outer, 'files');
  await mkdir(directory);
  const port = situation === 'resume' ? await leavePart(t, one, outer) : 0;
  await using server = await startFaultServer({ faults: [specOf(one, situation)], port });
  const tries = situation === 'retry' ? '4' : '2';
  const ending = await run(outer, server.url, one, '--tries', tries);
  assert.deepEqual((await readdir(outer)).sort(), ['files', 'list.csv']);
  await checkFiles(one, directory, ending);
  return ending;
}

function specOf({ fault }: Pick<Case, 'fault'>, situation: Situation): string {
  const times = `times=${situation === 'retry' ? 1 : 1_000_000}`;
  return fault.includes(':') ? `${fault},${times}` : `${fault}:${times}`;
}

/** An earlier run that got half of the file. @returns the port where the server was */
async function leavePart(t: TestContext, { fault }: Case, outer: string): Promise<number> {
  const isTls = fault.startsWith('tls-');
  const identity = isTls ? await selfSigned(t) : undefined;
  await using server = await startEarlierServer(FILE, identity);
  const { port } = server;
  const options: string[] = [];
  if (identity !== undefined) {
    const authority = join(await temporaryDirectory(t), 'authority.pem');
    await writeFile(authority, identity.cert);
    options.push('--cacert', authority);
  }
  const isNowhere = fault === 'unresolvable';
  if (isNowhere) options.push('--proxy', `http://localhost:${port}`);
  const host = isNowhere ? 'no-such-host.invalid' : 'localhost';
  const url = `${isTls ? 'https' : 'http'}://${host}:${port}`;
  assert.equal(await run(outer, url, {}, '--tries', '1', ...options), 'failed: truncated');
  const names = await readdir(join(outer, 'files', '.flaghoist', 'parts'));
  const parts = names.filter((name) => name.endsWith('.part'));
  assert.equal(parts.length, 1, `a part: ${parts}`);
  return port;
}

async function run(
  outer: string,
  url: string,
  { checksum, options = [] }: Pick<Case, 'checksum' | 'options'>,
  ...more: string[]
): Promise<string> {
  const list = join(outer, 'list.csv');
  const digest = `sha256:${createHash('sha256').update(FILE.body).digest('hex')}`;
  await writeFile(list, `url,checksum\n${url}${PATH},${checksum ? digest : ''}\n`);
  const child = startGet(
    ...['--json', '-d', join(outer, 'files'), '-i', list],
    ...['--checksum-column', 'checksum', ...DEADLINES, ...options, ...more],
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), TOO_LONG);
  const { code, signal, stdout, stderr } = await finished(child);
  clearTimeout(timer);
  assert.equal(signal, null, `it hangs: ${stderr}`);
  const [row, ...rows] = outcomesIn(stdout);
  assert.ok(row !== undefined && rows.length === 0, stdout);
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
    assert.ok(file.equals(FILE.body), `${file.length} bytes, which are not those of the file`);
  const left = await readdir(join(directory, '.flaghoist', 'parts')).catch(() => []);
  assert.deepEqual(left, [], 'no part is left');
}
