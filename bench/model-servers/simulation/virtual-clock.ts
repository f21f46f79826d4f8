/** A call, and its time. */
interface Event {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** A clock that jumps from one event to the next, so that an hour of downloading takes milliseconds. */
export class VirtualClock {
  #now = 0;
  #order = 0;
  /** A binary heap with the earliest event first. */
  readonly #events: Event[] = [];

  /** Time since the simulation began, in ms. */
  get now(): number {
    return this.#now;
  }

  /** Calls `happen` in `ms`. Events of the same time happen in the order in which they were added. */
  in(ms: number, happen: () => void): void {
    this.#push({ at: this.#now + ms, order: this.#order++, happen });
  }

  /** Lets time pass until `isOver`, or until there are no more events. */
  run(isOver: () => boolean): void {
    for (let event = this.#pop(); event !== undefined; event = this.#pop()) {
      this.#now = event.at;
      event.happen();
      if (isOver()) return;
    }
  }

  #push(event: Event): void {
    const heap = this.#events;
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = heap[above] as Event;
      if (isSooner(other, event)) break;
      heap[place] = other;
      place = above;
    }
    heap[place] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#events;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      const right = heap[below + 1];
      if (right !== undefined && isSooner(right, heap[below] as Event)) below++;
      const other = heap[below] as Event;
      if (isSooner(last, other)) break;
      heap[place] = other;
      place = below;
    }
    heap[place] = last;
    return first;
  }
}

function isSooner(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
