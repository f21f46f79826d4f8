import type { CancelledError } from './errors.ts';
import { enterNesting, leaveNesting } from './nesting.ts';

/** A future, as far as the future that waits for it has to know it. */
interface Child {
  done(): boolean;
  interrupt(reason: CancelledError, thrown?: unknown): boolean;
}

/**
 * Interrupts `child` for a future that waits for it.
 *
 * @returns whether it will end for that
 */
export function interruptChild(child: Child, reason: CancelledError, thrown?: unknown): boolean {
  if (!enterNesting()) {
    interruptSoon(child, reason, thrown);
    return !child.done();
  }
  try {
    return child.interrupt(reason, thrown);
  } finally {
    leaveNesting();
  }
}

/** A function of its own, because the closure would take room at each call of `interruptChild`. */
function interruptSoon(child: Child, reason: CancelledError, thrown: unknown): void {
  queueMicrotask(() => child.interrupt(reason, thrown));
}
