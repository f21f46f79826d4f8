import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { COMMAND } from '../support/command.ts';

export type Running = ChildProcessByStdio<null, Readable, Readable>;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The directory and environment of a command, where they are not those of the test. */
export interface Surroundings {
  cwd?: string;
  env?: Record<string, string>;
}

/** Starts the real command, in a process of its own. */
export function startFlaghoist(...args: string[]): Running {
  return startNode(COMMAND, ...args);
}

/** {@link startFlaghoist} in a directory, or with an environment, of its own. */
export function startFlaghoistIn({ cwd, env }: Surroundings, ...args: string[]): Running {
  return spawn(process.execPath, [COMMAND, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function startNode(...args: string[]): Running {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

export interface Finished extends Ended {
  stdout: string;
  stderr: string;
}

/** Runs the real command to its end. */
export function runFlaghoist(...args: string[]): Promise<Finished> {
  return finished(startFlaghoist(...args));
}

/** {@link runFlaghoist} in a directory, or with an environment, of its own. */
export function runFlaghoistIn(surroundings: Surroundings, ...args: string[]): Promise<Finished> {
  return finished(startFlaghoistIn(surroundings, ...args));
}

/** The output of `child`, when it has ended. */
export async function finished(child: Running): Promise<Finished> {
  const [end, stdout, stderr] = await Promise.all([
    ended(child),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { ...end, stdout, stderr };
}

/** The first lines that the command prints. Fails with its stderr if it ends before. */
export async function firstLines(child: Running, count: number): Promise<string[]> {
  const stderr = text(child.stderr);
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === count) return lines;
  }
  throw new Error(`only ${lines.length} of ${count} lines: ${await stderr}`);
}

export async function ended(child: Running): Promise<Ended> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}
