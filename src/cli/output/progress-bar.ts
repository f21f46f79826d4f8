import type { createLogUpdate } from 'log-update';
import type { TerminalSize } from '../../report/progress-screen.ts';

/** How often the bar is drawn, in ms. It is also drawn while nothing arrives, to show the time. */
const INTERVAL = 100;

/** For a terminal that does not know its size, such as a new pseudo-terminal. */
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

type Screen = ReturnType<typeof createLogUpdate>;

/** Returns the text to draw. @param isLast the text stays on the terminal */
type Draw = (size: TerminalSize, isLast: boolean) => string;

/**
 * A progress bar on stderr, where that is a terminal. Disposal draws the last state and leaves the
 * cursor below it.
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

  /** @returns undefined where stderr is not a terminal */
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
  // Loaded only for a terminal: its table of character widths takes 20 ms.
  const { createLogUpdate } = await import('log-update');
  return createLogUpdate(process.stderr);
}
