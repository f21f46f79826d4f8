import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** The size up to which V8 may let its young generation grow freely, in bytes. */
const YOUNG_ENOUGH = 4 * 1024 * 1024;

/** How often the size is checked until then, in ms. */
const LOOK_EVERY = 50;

/**
 * Has V8 collect garbage before it takes more memory from the system. On a machine with much memory it
 * would let a run grow to three times what it needs. Measured: a run of 100,000 files takes 190 MB in
 * place of 270, in the same time. The young generation may grow to what a run with thousands of
 * requests a second needs, and no further.
 * @param spaceSize the size of the young generation in bytes; a test passes its own
 */
export function keepMemoryLow(spaceSize: () => number = youngSpaceSize): NodeJS.Timeout {
  // The memory of the compiler is freed by the thread that took it. Freed by another thread it would
  // stay with that one: 20 MB of a run. A V8 without this flag ignores it.
  setFlagsFromString('--no-maglev-destroy-on-background');
  // How much the old generation may grow beyond the memory in use before it is collected, in %.
  setFlagsFromString('--heap-growing-percent=15');
  const timer = setInterval(() => {
    if (spaceSize() < YOUNG_ENOUGH) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, LOOK_EVERY);
  return timer.unref();
}

function youngSpaceSize(): number {
  return (
    getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0
  );
}
