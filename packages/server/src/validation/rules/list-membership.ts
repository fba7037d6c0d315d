import type { Check } from "../check.js";

/** Above this many values a set is faster than a look at each. */
const MANY = 8;

/** Whether a value is one of the listed; equality is that of `===`, as the library has it. */
export function isOneOf<Value>(listed: readonly Value[]): Check<Value> {
  // A set takes NaN for equal to itself, which `===` does not.
  const values = listed.filter((it) => !Number.isNaN(it));
  if (values.length > MANY) {
    const set = new Set(values);
    return (value) => set.has(value);
  }
  return (value) => values.indexOf(value) >= 0;
}

/** Whether a value is none of the listed. */
export function isNoneOf<Value>(listed: readonly Value[]): Check<Value> {
  const isListed = isOneOf(listed);
  return (value) => !isListed(value);
}
