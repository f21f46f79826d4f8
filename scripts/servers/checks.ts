import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Run, startCommand } from './command.ts';
import type { Site, SiteFile } from './site.ts';

/** A running server, and how the command reaches it. */
export interface Subject {
  readonly site: Site;
  /** With a slash at its end. */
  readonly url: string;
  /** Options of every run: the certificate to trust, the proxy. */
  readonly args: readonly string[];
  /** An empty directory, for lists and files. */
  readonly directory: string;
}

/** A check that is made with every server. */
export interface Check {
  /** The heading of its column. */
  readonly name: string;
  /** @returns the finding, in words. @throws AssertionError if the command did something wrong */
  readonly run: (subject: Subject) => Promise<string>;
}

/** The result of a check. */
export interface Finding {
  readonly check: string;
  readonly found: string;
  /** The error of the command, if it made one. */
  readonly failure?: string;
}

/** All checks. Each begins without files. */
export const CHECKS: readonly Check[] = [
  { name: 'files', run: getAll },
  { name: 'missing ones', run: passMissing },
  { name: 'closes in a pause', run: meetClosedConnections },
  { name: 'segments', run: getInSegments },
  { name: 'goes on', run: goOn },
  { name: 'asked again', run: askAgain },
];

/** How often each small file is in the list: often enough for every connection to be reused. */
const REPEATS = 20;

/** Many files over a few connections arrive whole. */
async function getAll(subject: Subject): Promise<string> {
  const files = Array.from({ length: REPEATS }, () => subject.site.small).flat();
  const { exitCode, outcomes, errors } = await get(subject, files, ['-m', '24']);
  assert.deepEqual(failures(outcomes), [], errors);
  assert.equal(exitCode, 0, errors);
  await haveAll(subject, files);
  const again = outcomes.filter(({ attempts }) => attempts > 1).length;
  return again === 0 ? 'whole' : `whole, ${again} at a second try`;
}

/** Missing files are reported as not found, and do not affect the others. */
async function passMissing(subject: Subject): Promise<string> {
  const missing = (n: number) => ({ path: `missing/${n}.bin`, body: Buffer.alloc(0) });
  const files = subject.site.small.flatMap((file, n) => [file, missing(n)]);
  const { exitCode, outcomes } = await get(subject, files, ['-m', '4', '--tries', '2']);
  assert.equal(exitCode, 1);
  const found = outcomes.filter((_, n) => n % 2 === 0);
  assert.deepEqual(failures(found), []);
  const others = outcomes.filter((_, n) => n % 2 === 1);
  assert.ok(others.every(({ status }) => status === 'not-found'));
  return `${others[0]?.httpStatus}`;
}

/** Pauses between requests are longer than most servers keep a connection. */
async function meetClosedConnections(subject: Subject): Promise<string> {
  const files = subject.site.small.slice(4, 7);
  const { outcomes } = await get(subject, files, ['-m', '1', '--rate', '24/min']);
  assert.deepEqual(failures(outcomes), []);
  // A connection that the server closed meanwhile must not count as a try.
  assert.ok(outcomes.every(({ attempts }) => attempts === 1));
  return 'no failed try';
}

async function getInSegments(subject: Subject): Promise<string> {
  const { large } = subject.site;
  const { outcomes } = await get(subject, [large], ['--segments', '4']);
  assert.deepEqual(failures(outcomes), []);
  await haveAll(subject, [large]);
  return 'whole';
}

/** An interrupted run goes on when it is started again. */
async function goOn(subject: Subject): Promise<string> {
  const { large } = subject.site;
  const slow = await startGet(subject, [large], ['--bandwidth', '12MB']);
  await untilPartOf(subject, large.body.length / 4);
  slow.process.kill('SIGINT');
  const { exitCode } = await slow.run;
  assert.equal(exitCode, 130);
  const { outcomes } = await get(subject, [large]);
  assert.deepEqual(failures(outcomes), []);
  await haveAll(subject, [large]);
  return outcomes[0]?.httpStatus === 206 ? 'yes' : 'begins anew';
}

/** Conditional requests for files that have not changed. */
async function askAgain(subject: Subject): Promise<string> {
  const { small } = subject.site;
  assert.deepEqual(failures((await get(subject, small)).outcomes), []);
  const { outcomes } = await get(subject, small, ['-N']);
  assert.deepEqual(failures(outcomes), []);
  await haveAll(subject, small);
  const kept = outcomes.filter(({ httpStatus }) => httpStatus === 304).length;
  if (kept === outcomes.length) return '304';
  return kept === 0 ? 'sends all' : `304 for ${kept} of ${outcomes.length}`;
}

const filesOf = ({ directory }: Subject) => join(directory, 'files');

async function startGet(subject: Subject, files: readonly SiteFile[], args: readonly string[]) {
  const { url, directory } = subject;
  const urls = files.map(({ path }) => url + path);
  return startCommand(urls, join(directory, 'list.txt'), [
    ...['-d', filesOf(subject), '-o', '{index}'],
    ...subject.args,
    ...args,
  ]);
}

async function get(
  subject: Subject,
  files: readonly SiteFile[],
  args: readonly string[] = [],
): Promise<Run> {
  const run = await (await startGet(subject, files, args)).run;
  assert.equal(run.outcomes.length, files.length, `not every row was accounted for: ${run.errors}`);
  return run;
}

function failures(outcomes: Run['outcomes']): string[] {
  return outcomes
    .filter(({ status }) => status !== 'ok' && status !== 'skipped')
    .map(({ url, status, reason, httpStatus }) => `${url}: ${status}, ${httpStatus ?? reason}`);
}

async function haveAll(subject: Subject, files: readonly SiteFile[]): Promise<void> {
  for (const [index, { path, body }] of files.entries()) {
    const found = await readFile(join(filesOf(subject), String(index)));
    assert.ok(found.equals(body), `${path} is not what the server has`);
  }
}

/** Waits until more than `bytes` of the file are on the disk. */
async function untilPartOf(subject: Subject, bytes: number): Promise<void> {
  for (let look = 0; look < 1_000; look++) {
    for (const entry of await readdir(filesOf(subject), { recursive: true }).catch(() => [])) {
      const { size } = await stat(join(filesOf(subject), entry)).catch(() => ({ size: 0 }));
      if (size > bytes) return;
    }
    await sleep(10);
  }
  throw new Error('no part of the file came');
}

/** Makes all checks, one after the other. */
export async function look(subject: Subject): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, run } of CHECKS) {
    await rm(filesOf(subject), { recursive: true, force: true });
    try {
      findings.push({ check: name, found: await run(subject) });
    } catch (error) {
      findings.push({ check: name, found: 'FAILED', failure: String(error) });
    }
  }
  return findings;
}
