import type { createLogUpdate } from 'log-update';
import type { TerminalSize } from '../../report/progress-screen.ts';

/** How often the bar is drawn, in ms. It is also drawn while nothing arrives, to show the time. */
const INTERVAL = 100;

/** For a terminal that does not know its size, such as a new pseudo-terminal. */
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

type Screen = ReturnType<typeof createLogUpdate>;

/** Returns the text to draw. @param isLast the text stays on the terminal; '' leaves nothing */
type Draw = (size: TerminalSize, isLast: boolean) => string;

/**
 * A progress bar on stderr, where that is a terminal. Disposal draws the last state and leaves the
 * cursor below it.
 */
export class ProgressBar implements Disposable {
  readonly #text: Draw;
  readonly #screen: Screen;
  #timer: NodeJS.Timeout | undefined;
  /** The lines that are on the terminal. */
  #drawn: readonly string[] = [];

  private constructor(text: Draw, screen: Screen) {
    this.#text = text;
    this.#screen = screen;
    this.#timer = setInterval(() => this.#draw(false), INTERVAL).unref();
    process.stderr.on('resize', this.#onResize);
    this.#draw(false);
  }

  /** @returns undefined where stderr is not a terminal */
  static async open(text: Draw): Promise<ProgressBar | undefined> {
    if (!canDraw()) return undefined;
    // Loaded only for a terminal: its table of character widths takes 20 ms.
    const { createLogUpdate } = await import('log-update');
    return new ProgressBar(text, createLogUpdate(process.stderr));
  }

  /** Makes room for a line on `stream`, where that is a terminal. The bar is drawn again below it. */
  clear(stream: NodeJS.WriteStream): void {
    if (this.#drawn.length === 0 || !stream.isTTY) return;
    this.#screen.clear();
    this.#drawn = [];
  }

  #draw(isLast: boolean): void {
    const text = this.#text(sizeOf(process.stderr), isLast);
    if (isLast && text === '') this.#screen.clear();
    else this.#screen(text);
    this.#drawn = text.split('\n');
  }

  /** A narrower terminal has broken the lines in two: they are more than were drawn. */
  readonly #onResize = (): void => {
    const { columns } = sizeOf(process.stderr);
    const height = this.#drawn.reduce((sum, line) => sum + rowsOf(line, columns), 0);
    if (height === 0) return;
    process.stderr.write(`\r\x1b[${height}A\x1b[J`);
    this.#screen.done();
    this.#draw(false);
  };

  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    process.stderr.off('resize', this.#onResize);
    this.#timer = undefined;
    this.#draw(true);
    this.#screen.done();
  }
}

/** Whether stderr is a terminal that a bar can be drawn on. */
export function canDraw(): boolean {
  return process.stderr.isTTY && process.env.TERM !== 'dumb';
}

function sizeOf({ columns, rows }: Partial<TerminalSize>): TerminalSize {
  return { columns: columns || DEFAULT_SIZE.columns, rows: rows || DEFAULT_SIZE.rows };
}

/** How many rows of the terminal a line takes. Wide characters count as one here: it is close enough. */
function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(line.length / columns));
}
