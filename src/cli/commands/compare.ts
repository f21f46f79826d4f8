import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CancelledError } from '../../concurrency/index.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import { formatTime } from '../../report/amounts.ts';
import {
  type ComparedStyle,
  type Comparison,
  comparePage,
  comparisonTable,
  type StyleAccount,
} from '../../report/comparison.ts';
import { fillPage } from '../../report/page/fill-page.ts';
import { startFlagServerInThread } from '../../server/server-thread.ts';
import { EXIT_OF_SIGNAL } from '../command.ts';
import { watchForInterruption } from '../interruption.ts';
import { type CompareOptions, STYLES, type StyleName } from '../options/other-commands.ts';
import { writeOutput } from '../output/write-output.ts';
import { pageTemplate } from '../pages.ts';

/** One run of a style. */
interface Trial {
  readonly style: StyleName;
  /** Requests at a time. */
  readonly asked: number;
}

/**
 * Runs `flaghoist compare`: each style does its downloads, and a table shows what each costs.
 * @throws BrokenRunError when a style fails or has other files than the first, or when the page cannot
 *   be written
 */
export async function runCompare(run: CompareOptions): Promise<void> {
  const { requests, delay: wanted, server: label, json, html } = run;
  // First, so that a missing page is reported before the long wait.
  const template = html === undefined ? undefined : pageTemplate();
  using interruption = watchForInterruption();
  const delay = label === 'LOCAL' ? 0 : wanted;
  await using server = await startFlagServerInThread({
    label,
    port: 0,
    delay: { min: delay, max: delay },
  });
  // Not localhost, which some styles would look up and others not.
  const site = `http://127.0.0.1:${server.port}/flags`;
  process.stderr.write(`${requests} files, each answer ${inWords(delay)} late\n`);
  const styles: ComparedStyle[] = [];
  let bytes: number | undefined;
  try {
    for (const trial of trialsOf(run)) {
      const least = Math.ceil(requests / trial.asked) * delay;
      process.stderr.write(
        `${trial.style}, ${trial.asked} at a time, takes ${inWords(least)} at least ...\n`,
      );
      const [done, total] = await runTrial(trial, { site, requests }, interruption.aborted);
      bytes ??= total;
      if (total !== bytes) {
        throw new BrokenRunError(`${trial.style} has ${total} bytes where others have ${bytes}`);
      }
      styles.push(done);
    }
  } catch (error) {
    if (!(error instanceof CancelledError) || interruption.signal === undefined) throw error;
    process.exitCode = EXIT_OF_SIGNAL[interruption.signal];
  }
  const comparison: Comparison = { requests, delay, styles };
  process.stdout.write(json ? `${JSON.stringify(comparison)}\n` : comparisonTable(comparison));
  if (template !== undefined) {
    const data = JSON.stringify(comparePage(comparison));
    await writeOutput(fillPage(template, [data]), html);
  }
}

/** Short times to the ms. `--delay 100` is 100 seconds; a user who meant ms sees that here. */
function inWords(ms: number): string {
  return ms < 1000 ? `${ms} ms` : formatTime(ms);
}

/** By default tasks run with few, with more, and with all at a time. The other styles run once. */
function trialsOf(options: CompareOptions): Trial[] {
  const { styles = STYLES, requests, threads, tasks = [5, 50, requests] } = options;
  const asked: Readonly<Record<StyleName, readonly number[]>> = {
    'one-by-one': [1],
    threads: [Math.min(threads, requests)],
    callbacks: [requests],
    tasks: [...new Set(tasks.map((most) => Math.min(most, requests)))],
  };
  return styles.flatMap((style) => asked[style].map((most) => ({ style, asked: most })));
}

/** @returns what the trial cost, and how many bytes it has downloaded */
async function runTrial(
  { style, asked }: Trial,
  { site, requests }: { readonly site: string; readonly requests: number },
  signal: AbortSignal,
): Promise<[ComparedStyle, number]> {
  const directory = await mkdtemp(join(tmpdir(), 'flaghoist-compare-'));
  try {
    const account = await runStyle(style, { site, requests, most: asked, directory }, signal);
    const files = await readdir(directory);
    if (files.length !== requests) {
      throw new BrokenRunError(`${style} has ${files.length} of ${requests} files`);
    }
    const sizes = await Promise.all(files.map((name) => stat(join(directory, name))));
    const bytes = sizes.reduce((sum, { size }) => sum + size, 0);
    return [{ style, asked, ...account }, bytes];
  } catch (error) {
    if (error instanceof CancelledError || error instanceof BrokenRunError) throw error;
    throw new BrokenRunError(`${style}: ${messageOf(error)}`, { cause: error });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What a style has to download. */
interface StyleTask {
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
async function runStyle(
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
  const folder = ending === '.ts' ? '../../../examples/styles/' : './styles/';
  return fileURLToPath(new URL(`${folder}${style}${ending}`, import.meta.url));
}

function lastError(stderr: string): string | undefined {
  return /^(?:[A-Z]\w*)?Error.*$/m.exec(stderr)?.[0];
}
