import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of `programs/` as a process: what it says, and how it ends. */
export class Program {
  /** What it wrote so far, to stdout and stderr, by lines. */
  readonly words: string[] = [];
  /** Its exit code, and the signal that ended it, once it has. */
  readonly ended: Promise<unknown[]>;
  readonly #process: ChildProcess;
  #hasEnded = false;
  #news = Promise.withResolvers<void>();

  constructor(name: string, ...args: string[]) {
    const file = fileURLToPath(import.meta.resolve(`./programs/${name}.ts`));
    this.#process = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = once(this.#process, 'close');
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      assert.ok(stream);
      createInterface(stream).on('line', (line) => {
        this.words.push(line);
        this.#news.resolve();
      });
    }
    this.ended.then(() => {
      this.#hasEnded = true;
      this.#news.resolve();
    });
  }

  /** Waits until it has said `word`. @throws when it ends before it has */
  async says(word: string): Promise<void> {
    await this.#until(() => this.words.includes(word), word);
  }

  /** Waits until `count` lines match. @throws when it ends before they do */
  async saysTimes(line: RegExp, count: number): Promise<void> {
    await this.#until(
      () => this.words.filter((each) => line.test(each)).length >= count,
      `${line}`,
    );
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      assert.ok(!this.#hasEnded, `it ended without ${what}:\n${this.words.join('\n')}`);
      this.#news = Promise.withResolvers();
      await this.#news.promise;
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}
