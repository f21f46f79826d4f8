/** The largest values of a server's options. The smallest is 0 for all of them. */

/** The highest TCP port. */
export const MAX_PORT = 65_535;

/** Draws mix 32-bit numbers, so a seed is one. */
export const MAX_SEED = 2 ** 32 - 1;

/** In ms. Node fires a longer timer at once. */
export const MAX_DELAY = 2 ** 31 - 1;
