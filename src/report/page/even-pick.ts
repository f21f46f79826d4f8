/** Says of one thing after another whether it is among `wanted` of `all`, spread evenly over them. */
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

  /** Should there be more than `all`, no more than `wanted` are picked still. */
  next(): boolean {
    this.#owed += this.#wanted;
    if (this.#owed < this.#all || this.#left === 0) return false;
    this.#owed -= this.#all;
    this.#left--;
    return true;
  }
}
