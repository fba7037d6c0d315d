/** Floats in [0, 1), the same for a seed in every run: a linear congruential generator (Numerical Recipes' constants). */
export function createRandom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Milliseconds to the next of events that come at random moments (a Poisson process), `perSecond` on average. */
export const untilNextMs = (perSecond, random) => (-Math.log(1 - random()) * 1_000) / perSecond;
