/** Runs the real command against servers with one fault each, and reports how their rows ended. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { type FaultServer, startFaultServer } from '../../src/server/faults/fault-server.ts';
import { type Resource, resourceAt } from '../../src/server/faults/resource.ts';
import { type OutcomeLine, outcomesIn, startGet } from '../cli/get-support.ts';
import { finished } from '../cli/run-flaghoist.ts';
import { type Identity, selfSigned } from '../support/certificates.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startEarlierServer } from './earlier-server.ts';
import type { Case } from './matrix.ts';

/** When a row meets the fault: the columns of the matrix. */
export type Situation = 'get' | 'retry' | 'resume';

/** The result of the row of a case. */
export interface CaseResult {
  readonly one: Case;
  /** How the row ended, in the words of `matrix.ts`. */
  readonly ending: string;
  /** @throws AssertionError unless an ok row has the right file, and any other row has none */
  checkFile(): Promise<void>;
}

/** A row of the list. Each has a server of its own, so that the state of an origin affects one row only. */
interface Row {
  readonly one: Case;
  readonly path: string;
  readonly file: Resource;
  /** The origin of its server. */
  readonly origin: string;
}

/** The server of the earlier run for one row. */
interface Earlier {
  readonly row: Row;
  readonly port: number;
  close(): Promise<void>;
}

/** In bytes. Long enough for a body to be written as it arrives, so that a part of it is kept. */
const SIZE = 200_000;

/** In ms. A run that takes longer hangs. */
const TOO_LONG = 50_000;

const OPTIONS = [
  // Rows without such a fault must keep the deadlines on a busy machine as well.
  ...['--first-byte-timeout', '4s', '--idle-timeout', '4s', '--retry-max-wait', '50ms'],
  // Rows that wait for a deadline do so at the same time.
  ...['--max-requests', '32'],
  // Two servers may suggest the same file name.
  ...['--on-collision', 'rename'],
];

/** Options that make no difference to the other cases of their line, so that one run has them all. */
const TOGETHER: readonly (readonly string[])[] = [
  [
    '--bearer',
    '--content-disposition',
    '--first-byte-timeout',
    '--max-size',
    '--min-size',
    '--retry-max-wait',
  ],
  ['--accept', '--row-timeout'],
];

/** Groups cases whose rows can be in the list of one run. */
export function casesByRun(cases: readonly Case[]): Case[][] {
  const runs = Map.groupBy(cases, (one) => {
    const [flag] = one.options?.[0]?.split('=') ?? [];
    const line = TOGETHER.findIndex((flags) => flag !== undefined && flags.includes(flag));
    if (flag !== undefined && line < 0) throw new Error(`${flag} is in no line of TOGETHER`);
    return isNowhere(one) ? 'nowhere' : String(line);
  });
  return [...runs.values()];
}

/** The options of all cases of a run, each once. */
export function optionsOf(cases: readonly Case[]): string[] {
  const byText = new Map(cases.map(({ options = [] }) => [options.join(' '), options]));
  return [...byText.values()].flat();
}

/**
 * Runs the command for the cases of one run.
 * @throws AssertionError if the run hangs or crashes, loses a row, or leaves a file that no row names
 */
export async function runCases(
  t: TestContext,
  cases: readonly Case[],
  situation: Situation,
): Promise<CaseResult[]> {
  const outer = await temporaryDirectory(t);
  const directory = join(outer, 'files');
  await mkdir(directory);
  await using stack = new AsyncDisposableStack();
  const ports = situation === 'resume' ? await leaveParts(t, cases, outer) : [];
  const rows: Row[] = [];
  for (const [i, one] of cases.entries()) {
    const port = await ports[i]?.();
    const server = stack.use(await startServer(one, situation, port));
    rows.push(rowOf(one, i, server.url));
  }
  const tries = situation === 'retry' ? '4' : '2';
  const outcomes = await run(outer, rows, '--tries', tries, ...optionsOf(cases));
  assert.deepEqual((await readdir(outer)).sort(), ['files', 'list.csv']);
  const names = (await readdir(directory)).filter((name) => name !== '.flaghoist');
  const named = outcomes.flatMap(({ path }) => (path === null ? [] : relative(directory, path)));
  assert.deepEqual(names.sort(), named.sort());
  return rows.map((row, i) => {
    const outcome = outcomes[i] as OutcomeLine;
    const checkFile = () => checkFileOf(row, outcome, directory);
    return { one: row.one, ending: endingOf(outcome), checkFile };
  });
}

function startServer({ fault }: Case, situation: Situation, port = 0): Promise<FaultServer> {
  const times = `times=${situation === 'retry' ? 1 : 1_000_000}`;
  return startFaultServer({ faults: [`${fault}${fault.includes(':') ? ',' : ':'}${times}`], port });
}

function rowOf(one: Case, i: number, origin: string): Row {
  const path = `/bytes/${SIZE}/${i}.bin`;
  return { one, path, file: resourceAt(path) as Resource, origin };
}

/**
 * Makes an earlier run that gets half of each file.
 * @returns for each case a function that closes its server and returns the port
 */
async function leaveParts(
  t: TestContext,
  cases: readonly Case[],
  outer: string,
): Promise<(() => Promise<number>)[]> {
  const identity = await selfSigned();
  const authority = join(await temporaryDirectory(t), 'authority.pem');
  await writeFile(authority, identity.cert);
  await using stack = new AsyncDisposableStack();
  const servers: Earlier[] = [];
  for (const [i, one] of cases.entries()) {
    servers.push(stack.adopt(await startEarlier(one, i, identity), ({ close }) => close()));
  }
  // The earlier run can reach a host that does not resolve through a proxy.
  const proxy = cases.some(isNowhere) ? ['--proxy', `http://localhost:${servers[0]?.port}`] : [];
  const rows = servers.map(({ row }) => row);
  const outcomes = await run(outer, rows, '--tries', '1', '--cacert', authority, ...proxy);
  for (const outcome of outcomes) assert.equal(endingOf(outcome), 'failed: truncated');
  assert.equal((await partUrls(join(outer, 'files'))).size, rows.length);
  stack.move();
  return servers.map(({ port, close }) => async () => {
    await close();
    return port;
  });
}

async function startEarlier(one: Case, i: number, identity: Identity): Promise<Earlier> {
  const isTls = one.fault.startsWith('tls-');
  const server = await startEarlierServer(rowOf(one, i, '').file, isTls ? identity : undefined);
  const host = isNowhere(one) ? 'no-such-host.invalid' : 'localhost';
  const row = rowOf(one, i, `${isTls ? 'https' : 'http'}://${host}:${server.port}`);
  return { row, port: server.port, close: async () => server[Symbol.asyncDispose]() };
}

function isNowhere({ fault }: Case): boolean {
  return fault === 'unresolvable';
}

/** @returns the outcome of each row */
async function run(
  outer: string,
  rows: readonly Row[],
  ...options: string[]
): Promise<OutcomeLine[]> {
  const list = join(outer, 'list.csv');
  const lines = rows.map((row) => `${urlOf(row)},${row.one.checksum ? checksumOf(row) : ''}\n`);
  await writeFile(list, `url,checksum\n${lines.join('')}`);
  const child = startGet(
    ...['--json', '-d', join(outer, 'files'), '-i', list],
    ...['--checksum-column', 'checksum', ...OPTIONS, ...options],
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), TOO_LONG);
  const { code, signal, stdout, stderr } = await finished(child);
  clearTimeout(timer);
  assert.equal(signal, null, `the run hangs after these rows: ${stdout}${stderr}`);
  const outcomes = outcomesIn(stdout);
  assert.deepEqual(
    outcomes.map(({ url }) => url),
    rows.map(urlOf),
    stderr,
  );
  assert.equal(code, outcomes.every(({ status }) => status === 'ok') ? 0 : 1, stderr);
  return outcomes;
}

function urlOf({ origin, path }: Row): string {
  return `${origin}${path}`;
}

function checksumOf({ file }: Row): string {
  return `sha256:${createHash('sha256').update(file.body).digest('hex')}`;
}

function endingOf({ status, reason }: OutcomeLine): string {
  return reason === null ? status : `${status}: ${reason}`;
}

async function checkFileOf(row: Row, outcome: OutcomeLine, directory: string): Promise<void> {
  if (outcome.status !== 'ok') {
    assert.equal(outcome.path, null);
    return;
  }
  const file = await readFile(outcome.path as string);
  if (!row.one.taken) {
    const isRight = file.equals(row.file.body);
    assert.ok(isRight, `${file.length} bytes, which are not those of the file`);
  }
  const parts = await partUrls(directory);
  assert.ok(!parts.has(urlOf(row)), 'no part is left');
}

/** The URLs of the parts that are kept. */
async function partUrls(directory: string): Promise<Set<string>> {
  const folder = join(directory, '.flaghoist', 'parts');
  const names = await readdir(folder).catch((): string[] => []);
  const urls = new Set<string>();
  for (const name of names.filter((each) => each.endsWith('.part'))) {
    const sidecar = await readFile(join(folder, name.replace(/\.part$/, '.json')), 'utf8');
    urls.add(JSON.parse(sidecar).url);
  }
  return urls;
}
