/** Picks `wanted` of `all` things, spread evenly over them: it is asked about one after another. */
export class EvenPick {
  readonly #wanted: number;
  readonly #all: number;
  #owed = 0;
  #left: number;

  constructor(wanted: number, all: number) {
    this.#wanted = wanted;
    this.#all = all;
    this.#left = wanted;
  }

  /** Whether the next thing is picked. Of more than `all` things, no more than `wanted` are. */
  next(): boolean {
    this.#owed += this.#wanted;
    if (this.#owed < this.#all || this.#left === 0) return false;
    this.#owed -= this.#all;
    this.#left--;
    return true;
  }
}
