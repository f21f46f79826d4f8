/** How deep futures that end, or interrupt, one another may be nested. */
const DEEPEST = 100;
let depth = 0;

/**
 * Whether a future may end or interrupt another within this call; it calls {@link leaveNesting} then.
 * If not, it does so in a later microtask: a chain of thousands of futures would overflow the stack.
 */
export function enterNesting(): boolean {
  if (depth === DEEPEST) return false;
  depth++;
  return true;
}

/** Called once for each {@link enterNesting} that returned true. */
export function leaveNesting(): void {
  depth--;
}
