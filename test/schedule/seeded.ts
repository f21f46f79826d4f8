/** Random numbers from 0 to 1: Lehmer's generator, with the multiplier of Park and Miller (1988). */
export function seeded(seed: number): () => number {
  // The first ones of small seeds are small.
  let state = (seed * 48_271 ** 2) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
