import type { createLogUpdate } from 'log-update';
import type { Progress } from '../observe/progress.ts';
import { progressLine } from '../report/progress-line.ts';

/** How often the bar is drawn, in ms: it also shows that time passes while nothing arrives. */
const INTERVAL = 100;

/** For a terminal that does not know its width, as that of a new pseudo-terminal. */
const DEFAULT_COLUMNS = 80;

type Screen = ReturnType<typeof createLogUpdate>;

/**
 * A progress bar on stderr while that is a terminal; elsewhere nothing is drawn. Disposing of it
 * draws the last state and leaves the cursor below it.
 */
export class ProgressBar implements Disposable {
  readonly #read: () => Progress;
  readonly #screen: Screen | undefined;
  readonly #timer: NodeJS.Timeout | undefined;

  private constructor(read: () => Progress, screen: Screen | undefined) {
    this.#read = read;
    this.#screen = screen;
    if (screen === undefined) return;
    this.#timer = setInterval(() => this.#draw(), INTERVAL).unref();
    this.#draw();
  }

  /** @param read called for each drawing */
  static async open(read: () => Progress): Promise<ProgressBar> {
    return new ProgressBar(read, await openScreen());
  }

  #draw(): void {
    this.#screen?.(progressLine(this.#read(), process.stderr.columns || DEFAULT_COLUMNS));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#draw();
    this.#screen?.done();
  }
}

async function openScreen(): Promise<Screen | undefined> {
  if (!process.stderr.isTTY || process.env.TERM === 'dumb') return undefined;
  // Only for a terminal: that it knows how wide every character is takes it 20 ms to load.
  const { createLogUpdate } = await import('log-update');
  return createLogUpdate(process.stderr);
}
