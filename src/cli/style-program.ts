import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CancelledError } from '../concurrency/index.ts';
import type { StyleAccount } from '../report/comparison.ts';

/** What a style has to download. */
export interface StyleTask {
  /** The start of the flags' URLs. */
  readonly site: string;
  readonly requests: number;
  /** Requests at a time, at most. */
  readonly most: number;
  /** Where the files go. */
  readonly directory: string;
}

/**
 * Runs a program of `examples/styles` in a process of its own, so that its memory can be measured.
 *
 * @throws Error with the program's own message when it fails; CancelledError when `signal` ends it
 */
export async function runStyle(
  style: string,
  { site, requests, most, directory }: StyleTask,
  signal: AbortSignal,
): Promise<StyleAccount> {
  if (signal.aborted) throw new CancelledError();
  const args = [programOf(style), site, String(requests), String(most), directory];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);
  try {
    const [stdout, stderr, [code, by]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    if (signal.aborted) throw new CancelledError();
    // A program that ran out of memory may have printed nothing.
    if (code === null) throw new Error(lastError(stderr) ?? `it was killed by ${by}`);
    if (code !== 0) throw new Error(lastError(stderr) ?? `it ended with exit code ${code}`);
    return JSON.parse(stdout);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The sources have the programs among the examples, the package beside the command. */
function programOf(style: string): string {
  const ending = extname(import.meta.url);
  const folder = ending === '.ts' ? '../../examples/styles/' : './styles/';
  return fileURLToPath(new URL(`${folder}${style}${ending}`, import.meta.url));
}

function lastError(stderr: string): string | undefined {
  return /^(?:[A-Z]\w*)?Error.*$/m.exec(stderr)?.[0];
}
