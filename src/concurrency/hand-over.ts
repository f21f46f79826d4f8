import { isTurnOverdue, nextTurn } from './turn.ts';

/** A wait that was resumed, and whose value has not arrived yet. */
export interface Arrival {
  arrive(): void;
}

const soon = Promise.resolve();
let arrivals: Arrival[] = [];

/**
 * Has `wait` arrive one turn of the microtask queue from now, with all that are handed over until then.
 * When timers and I/O have waited for too long, they come first.
 */
export function handOverSoon(wait: Arrival): void {
  if (arrivals.push(wait) > 1) return;
  if (isTurnOverdue()) nextTurn(arriveAll);
  else soon.then(arriveAll);
}

/** Has `wait` arrive once timers and I/O have had their turn. */
export function handOverNextTurn(wait: Arrival): void {
  nextTurn(() => wait.arrive());
}

function arriveAll(): void {
  const all = arrivals;
  arrivals = [];
  for (const wait of all) wait.arrive();
}
