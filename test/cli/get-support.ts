/** For the tests of `flaghoist get`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { COMMAND } from '../support/command.ts';
import { serveHttp, type TinyServer } from '../support/tiny-server.ts';
import { ended, type Finished, finished, startFlaghoistIn } from './run-flaghoist.ts';

/** Keeps the compiled sources. Measured: it saves a third of each start. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url));

const ENV = {
  // The proxies of this machine must not come in between.
  NO_PROXY: '127.0.0.1',
  no_proxy: '127.0.0.1',
  NODE_COMPILE_CACHE: COMPILE_CACHE,
};

/** A request as the server saw it. */
export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** By the server's own clock, in ms. */
  readonly at: number;
}

/** A server of one test that records its requests. */
export interface Site extends TinyServer {
  /** In the order of arrival. */
  readonly seen: readonly Seen[];
  /** The paths requested since the last call, sorted. */
  paths(): string[];
}

export type Answer = (path: string, response: ServerResponse, request: IncomingMessage) => void;

/** Answers each path with its `bodyOf`, unless the test has another answer. */
export async function serveSite(t: TestContext, answer: Answer = serveBody): Promise<Site> {
  const seen: Seen[] = [];
  let looked = 0;
  const server = await serveHttp(t, (request, response) => {
    const path = request.url ?? '';
    seen.push({ path, headers: request.headers, at: performance.now() });
    answer(path, response, request);
  });
  const paths = () => {
    const since = seen.slice(looked).map(({ path }) => path);
    looked = seen.length;
    return since.sort();
  };
  return { ...server, seen, paths };
}

/** The body of a path. */
export function bodyOf(path: string): string {
  return `body of ${path}\n`;
}

export const serveBody: Answer = (path, response) => response.end(bodyOf(path));

/** Answers paths that start with `/404` or `/500` with that status. */
export const serveStatus: Answer = (path, response, request) => {
  const [, status] = /^\/([45]\d\d)/.exec(path) ?? [];
  if (status === undefined) return serveBody(path, response, request);
  response.statusCode = Number(status);
  response.end('no');
};

/** Runs `flaghoist get` to its end. */
export function get(...args: string[]): Promise<Finished> {
  return finished(startGet(...args));
}

export function startGet(...args: string[]) {
  return startFlaghoistIn({ env: ENV }, 'get', ...args);
}

/** Starts a `flaghoist get` whose `stdin` the test writes. */
export function startGetWithInput(...args: string[]) {
  return spawn(process.execPath, [COMMAND, 'get', ...args], {
    env: { ...process.env, ...ENV },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** The output of a child with an input of its own, when it has ended. */
export async function allOf(child: {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
}): Promise<Finished> {
  const [end, stdout, stderr] = await Promise.all([
    ended(child as never),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { ...end, stdout, stderr };
}

/** A row's line of `--json`: the fields of the contract, and some of the optional ones. */
export interface OutcomeLine {
  readonly type: 'outcome';
  readonly index: number;
  readonly url: string;
  readonly status: string;
  readonly reason: string | null;
  readonly path: string | null;
  readonly bytes: number;
  readonly httpStatus: number | null;
  readonly attempts: number;
  readonly message?: string;
  readonly digest?: string;
}

/**
 * Parses the output of `--json` and checks its contract: a line with the outcome of each row, and the
 * done line as the last.
 * @returns the outcomes in the order of the rows
 */
export function outcomesIn(stdout: string): OutcomeLine[] {
  assert.ok(stdout.endsWith('\n'), stdout);
  const lines = stdout.trimEnd().split('\n');
  const { type, total, ...counts } = JSON.parse(lines.pop() ?? '');
  const outcomes: OutcomeLine[] = lines.map((line) => JSON.parse(line));
  const count = (status: string) => outcomes.filter((one) => one.status === status).length;
  assert.equal(type, 'done');
  assert.equal(total, outcomes.length);
  assert.deepEqual(counts, {
    ok: count('ok'),
    skipped: count('skipped'),
    notFound: count('not-found'),
    failed: count('failed'),
    cancelled: count('cancelled'),
  });
  assert.equal(
    outcomes.every((outcome) => outcome.type === 'outcome'),
    true,
  );
  const sorted = outcomes.toSorted((a, b) => a.index - b.index);
  assert.deepEqual(
    sorted.map(({ index }) => index),
    sorted.map((_, index) => index),
  );
  return sorted;
}

/** The status of each row in their order, with the reason where there is one. */
export function endsIn(stdout: string): string[] {
  return outcomesIn(stdout).map(({ status, reason }) =>
    reason === null ? status : `${status} ${reason}`,
  );
}

/** The files below a directory with their contents, without the ledger's. */
export async function filesIn(directory: string): Promise<Record<string, string>> {
  const files: [string, string][] = [];
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path);
    if (entry.isFile() && !name.includes('.flaghoist/')) {
      files.push([name, await readFile(path, 'latin1')]);
    }
  }
  return Object.fromEntries(files.sort());
}

/** The sizes of the parts that a run has left. */
export async function partsIn(directory: string): Promise<number[]> {
  const folder = join(directory, '.flaghoist', 'parts');
  const sizes: number[] = [];
  for (const name of await readdir(folder)) {
    if (name.endsWith('.part')) sizes.push((await readFile(join(folder, name))).byteLength);
  }
  return sizes;
}

/** Waits until `look` finds something. A failing test may hang here until its timeout. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await setTimeout(10);
  }
}

/** Waits until the client has closed the connection of a response. */
export async function gone(response: ServerResponse): Promise<void> {
  if (!response.closed) await once(response, 'close');
}
