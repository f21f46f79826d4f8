import { createLogUpdate } from 'log-update';
import type { Progress } from '../observe/progress.ts';
import { progressLine } from '../report/progress-line.ts';

/** How often the bar is drawn, in ms: it also shows that time passes while nothing arrives. */
const INTERVAL = 100;

/** For a terminal that does not know its width, as that of a new pseudo-terminal. */
const DEFAULT_COLUMNS = 80;

/**
 * A progress bar on stderr while that is a terminal; elsewhere nothing is drawn. Disposing of it
 * draws the last state and leaves the cursor below it.
 */
export class ProgressBar implements Disposable {
  readonly #read: () => Progress;
  readonly #screen: ReturnType<typeof createLogUpdate> | undefined;
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param read called for each drawing */
  constructor(read: () => Progress) {
    this.#read = read;
    if (!process.stderr.isTTY || process.env.TERM === 'dumb') return;
    this.#screen = createLogUpdate(process.stderr);
    this.#timer = setInterval(() => this.#draw(), INTERVAL).unref();
    this.#draw();
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
