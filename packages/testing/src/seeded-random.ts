import { randomInt } from "node:crypto";

/** Numbers that look random and repeat exactly for the same seed. */
export interface SeededRandom {
  /** Shown in the message of every failure inside `reporting`. */
  readonly seed: number;
  /** A float in [0, 1). Detached calls work, so it fits where `Math.random` does. */
  readonly next: () => number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** One of the items; throws a RangeError when there is none. */
  pick<T>(items: readonly T[]): T;
  /** A new array with the same items in another order. */
  shuffle<T>(items: readonly T[]): T[];
  /** Runs the test's body; its failure names the seed and how to repeat it. */
  reporting<T>(body: () => T | Promise<T>): Promise<T>;
}

const variable = "CHARTER_TEST_SEED";
const seedLimit = 2 ** 32;

/**
 * Random numbers from a seed: mulberry32, a 32-bit generator by Tommy Ettinger that passes gjrand; not for secrets.
 * @param seed Default: CHARTER_TEST_SEED, else a fresh one.
 */
export function seededRandom(seed = defaultSeed()): SeededRandom {
  const next = mulberry32(seed);
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    seed,
    next,
    integer,
    pick(items) {
      if (items.length === 0) throw new RangeError("nothing to pick from");
      return items[integer(0, items.length - 1)] as (typeof items)[number];
    },
    shuffle(items) {
      const order = items.map((item) => ({ item, rank: next() }));
      return order.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
    },
    reporting: (body) => reporting(seed, body),
  };
}

function defaultSeed(): number {
  const given = process.env[variable];
  if (!given) return randomInt(seedLimit);
  const seed = Number(given);
  if (Number.isInteger(seed) && seed >= 0 && seed < seedLimit) return seed;
  throw new RangeError(`${variable} must be a whole number from 0 to ${seedLimit - 1}, not "${given}"`);
}

function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / seedLimit;
  };
}

async function reporting<T>(seed: number, body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Error) {
      const note = `(seed ${seed}: repeat with ${variable}=${seed})`;
      error.message = `${error.message}\n${note}`;
      error.stack = `${error.stack}\n${note}`;
    }
    throw error;
  }
}
