import type { createLogUpdate } from 'log-update';
import type { TerminalSize } from '../../report/progress-screen.ts';

/** How often it is drawn, in ms: that also shows that time passes while nothing arrives. */
const INTERVAL = 100;

/** For a terminal that does not know its size, as a new pseudo-terminal. */
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

type Screen = ReturnType<typeof createLogUpdate>;

/** Called for each drawing; `isLast` for the one that stays. */
type Draw = (size: TerminalSize, isLast: boolean) => string;

/**
 * A progress bar on stderr while that is a terminal; elsewhere nothing is drawn. Disposing of it
 * draws the last state and leaves the cursor below it; a second time, it does nothing.
 */
export class ProgressBar implements Disposable {
  readonly #text: Draw;
  readonly #screen: Screen;
  #timer: NodeJS.Timeout | undefined;

  private constructor(text: Draw, screen: Screen) {
    this.#text = text;
    this.#screen = screen;
    this.#timer = setInterval(() => this.#draw(false), INTERVAL).unref();
    this.#draw(false);
  }

  /** @returns undefined where nothing is drawn */
  static async open(text: Draw): Promise<ProgressBar | undefined> {
    const screen = await openScreen();
    return screen && new ProgressBar(text, screen);
  }

  #draw(isLast: boolean): void {
    const { columns, rows } = process.stderr;
    const size = { columns: columns || DEFAULT_SIZE.columns, rows: rows || DEFAULT_SIZE.rows };
    this.#screen(this.#text(size, isLast));
  }

  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#draw(true);
    this.#screen.done();
  }
}

async function openScreen(): Promise<Screen | undefined> {
  if (!process.stderr.isTTY || process.env.TERM === 'dumb') return undefined;
  // Only for a terminal: that it knows how wide every character is takes it 20 ms to load.
  const { createLogUpdate } = await import('log-update');
  return createLogUpdate(process.stderr);
}
