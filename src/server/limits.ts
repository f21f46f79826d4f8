/** The largest values that a server's options may have; the smallest is 0 for all. */

/** The last TCP port there is. */
export const MAX_PORT = 65_535;

/** The draw mixes 32-bit numbers, so a seed is one. */
export const MAX_SEED = 2 ** 32 - 1;

/** ms. A longer timer than this fires at once, in Node as in browsers. */
export const MAX_DELAY = 2 ** 31 - 1;
