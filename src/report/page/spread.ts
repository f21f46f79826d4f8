/**
 * Amounts that came evenly between two moments, by intervals of time: a download's bytes between its
 * first and its last. An amount over many intervals takes no more work than one within a single interval.
 */
export class Spread {
  /** The length of an interval, in ms. */
  #interval: number;
  /** What belongs to one interval alone. */
  readonly #own: number[] = [];
  /** By how much more, or less, comes in each interval from this one on. */
  readonly #change: number[] = [];

  constructor(interval: number) {
    this.#interval = interval;
  }

  /** @param from in ms, 0 or more @param to not before `from` */
  add(from: number, to: number, amount: number): void {
    const [first, last] = [Math.floor(from / this.#interval), Math.floor(to / this.#interval)];
    if (first === last) {
      this.#addTo(this.#own, first, amount);
      return;
    }
    const each = amount / (to - from);
    this.#addTo(this.#own, first, each * ((first + 1) * this.#interval - from));
    this.#addTo(this.#own, last, each * (to - last * this.#interval));
    this.#addTo(this.#change, first + 1, each * this.#interval);
    this.#addTo(this.#change, last, -each * this.#interval);
  }

  /** What came in each of the first `count` intervals. */
  amounts(count: number): number[] {
    let steady = 0;
    return Array.from({ length: count }, (_, i) => {
      steady += this.#change[i] ?? 0;
      return (this.#own[i] ?? 0) + steady;
    });
  }

  /** Makes one interval of every two. */
  widen(): void {
    const length = Math.max(this.#own.length, this.#change.length);
    const amounts = this.amounts(length);
    this.#own.length = 0;
    this.#change.length = 0;
    this.#interval *= 2;
    for (let i = 0; i < length; i += 2) {
      this.#own.push((amounts[i] ?? 0) + (amounts[i + 1] ?? 0));
    }
  }

  #addTo(amounts: number[], place: number, amount: number): void {
    while (amounts.length <= place) amounts.push(0);
    amounts[place] = (amounts[place] ?? 0) + amount;
  }
}
