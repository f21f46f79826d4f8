/** Shared by the tests in which the machine fails and not the server. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { type FaultServer, startFaultServer } from '../../src/server/faults/fault-server.ts';
import { resourceAt } from '../../src/server/faults/resource.ts';
import { type Finished, finished, type Running } from '../cli/run-flaghoist.ts';
import { COMMAND } from '../support/command.ts';

/** A list, and the server that has its files. */
export interface Wanted {
  readonly server: FaultServer;
  /** The file with the URLs. */
  readonly list: string;
  /** The body of each row's file, by index. */
  readonly paths: readonly string[];
}

export interface WantedOptions {
  readonly rows: number;
  /** The size of each file, in bytes. */
  readonly size: number;
  /** How long each response takes, in ms. */
  readonly delay?: number;
}

/** @param folder for the list */
export async function serveList(
  t: TestContext,
  folder: string,
  { rows, size, delay = 0 }: WantedOptions,
): Promise<Wanted> {
  const faults = [`stall:at=head,for=${delay}ms`];
  const server = await startFaultServer({ faults });
  t.after(() => server.close());
  const paths = Array.from({ length: rows }, (_, i) => `/bytes/${size}/${i}.bin`);
  const list = join(folder, 'list.txt');
  await writeFile(list, paths.map((path) => `http://127.0.0.1:${server.port}${path}\n`).join(''));
  return { server, list, paths };
}

/** Starts `flaghoist` from a shell that runs `prelude` first, such as `ulimit -n 64`. */
export function startShell(prelude: string, ...args: string[]): Running {
  const script = `${prelude}\nexec "$@"`;
  return spawn('sh', ['-c', script, 'sh', process.execPath, COMMAND, ...args], {
    env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function runShell(prelude: string, ...args: string[]): Promise<Finished> {
  return finished(startShell(prelude, ...args));
}

/**
 * Asserts that the same command, now that the cause is gone, downloads the rest, and that all files
 * are right byte for byte.
 * @returns how many rows were done before
 */
export async function assertResumes(
  wanted: Wanted,
  directory: string,
  ...args: string[]
): Promise<number> {
  await assertNothingHalf(wanted, directory);
  const { code, stdout, stderr } = await runShell(
    ':',
    // Delayed responses are waited for at the same time.
    ...['get', '--json', '-m', '32', '-d', directory, '-i', wanted.list, ...args],
  );
  assert.equal(code, 0, stderr + stdout);
  const done = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  assert.equal(done.ok + done.skipped, wanted.paths.length, stdout);
  await assertComplete(wanted, directory);
  return done.skipped;
}

/** Asserts that all files are there and right byte for byte, and that the ledger has each as done. */
export async function assertComplete(wanted: Wanted, directory: string): Promise<void> {
  await assertNothingHalf(wanted, directory);
  for (const path of wanted.paths) assert.ok(existsSync(join(directory, nameOf(path))), path);
  assertSound(directory);
  using database = new DatabaseSync(join(directory, '.flaghoist', 'ledger.db'), { readOnly: true });
  const rows = database.prepare('SELECT status FROM rows').all();
  assert.equal(rows.length, wanted.paths.length);
  assert.ok(rows.every(({ status }) => status === 'ok' || status === 'skipped'));
}

/** Asserts that each file under a final name is right, and that only `.flaghoist` is beside them. */
export async function assertNothingHalf({ paths }: Wanted, directory: string): Promise<void> {
  const bodies = new Map(paths.map((path) => [nameOf(path), path]));
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    if (name === '.flaghoist') continue;
    const path = bodies.get(name);
    assert.ok(path !== undefined, `${name} is not of the list`);
    const right = resourceAt(path)?.body as Buffer;
    assert.ok(right.equals(await readFile(join(directory, name))), `${name} is not the right file`);
  }
}

/** Asserts that the ledger is a sound database. */
export function assertSound(directory: string): void {
  using database = new DatabaseSync(join(directory, '.flaghoist', 'ledger.db'), { readOnly: true });
  const [check] = database.prepare('PRAGMA integrity_check').all();
  assert.deepEqual({ ...check }, { integrity_check: 'ok' });
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Mounts a file system in memory. */
export interface SmallDisk {
  readonly path: string;
  /** Mounts it again with other options of mount(8): `size=60m`, `ro`. */
  remount(options: string): void;
}

/** @returns undefined where this user may not mount one; the test is skipped then */
export async function smallDisk(t: TestContext, size: string): Promise<SmallDisk | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'flaghoist-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], {
      stdio: 'ignore',
    });
  } catch {
    await rm(path, { recursive: true });
    t.skip('this user may not mount a file system');
    return undefined;
  }
  t.after(async () => {
    execFileSync('umount', [path]);
    await rm(path, { recursive: true });
  });
  return {
    path,
    remount: (options) => void execFileSync('mount', ['-o', `remount,${options}`, path]),
  };
}

/** Waits until the server has had so many requests. */
export async function untilAsked({ server }: Wanted, requests: number): Promise<void> {
  while (server.stats.requests < requests) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Sends a signal once the process has made so many requests. */
export async function signalAfter(
  wanted: Wanted,
  requests: number,
  child: ChildProcess,
  signal: NodeJS.Signals,
): Promise<void> {
  await untilAsked(wanted, requests);
  child.kill(signal);
}
