import { setImmediate as startImmediate } from 'node:timers';

/** How long tasks may keep the microtask queue busy before timers and I/O get a turn. */
const LONGEST_TURN_MS = 10;

/** The clock is read at each so-many-th call: a power of two. */
const CLOCK_EVERY = 64;

/** How many rounds of ticks and microtasks pass before everything ready counts as run. */
const ROUNDS = 8;

/** Taken at load, so that a test's fake timers do not stop it. */
const setImmediate = startImmediate;

let turn = 1;
let isTurnNumbered = false;
let questions = 0;
/** When the current turn was first seen; undefined until a call reads the clock. */
let turnBegan: number | undefined;
/** For the rest of the turn: what asks next may be what keeps the turn from ending. */
let isOverdue = false;

/**
 * Whether timers and I/O have waited for more than 10 ms. The microtask queue comes before them, and
 * tasks that hand items to one another never let it run empty.
 */
export function isTurnOverdue(): boolean {
  if (isOverdue) return true;
  questions++;
  if (questions % CLOCK_EVERY !== 0) return false;
  const now = performance.now();
  if (turnBegan === undefined) {
    turnBegan = now;
    setImmediate(noteTurn);
  }
  isOverdue = now - turnBegan > LONGEST_TURN_MS;
  return isOverdue;
}

/** A number for the current turn, up to when the microtask queue is empty. */
export function currentTurn(): number {
  // A tick that a microtask asks for; an immediate would keep the event loop from waiting for I/O.
  if (!isTurnNumbered) queueMicrotask(endTurnSoon);
  isTurnNumbered = true;
  return turn;
}

/** Calls `fn` once timers and I/O have had their turn. */
export function nextTurn(fn: () => void): void {
  setImmediate(fn);
}

/** Calls `fn` when all that is ready has run, and what that made ready, before the event loop turns. */
export function afterEverythingReady(fn: () => void, rounds = ROUNDS): void {
  // A tick that a microtask asks for runs when the microtask queue is empty.
  queueMicrotask(() =>
    process.nextTick(() => {
      if (rounds === 0) fn();
      else afterEverythingReady(fn, rounds - 1);
    }),
  );
}

function endTurnSoon(): void {
  process.nextTick(endNumberedTurn);
}

function endNumberedTurn(): void {
  isTurnNumbered = false;
  turn++;
}

function noteTurn(): void {
  turnBegan = undefined;
  isOverdue = false;
}
