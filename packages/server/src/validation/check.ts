/**
 * Whether a value keeps to its rules. False means no more than "not surely": the library is asked then, and it alone names violations.
 * So a check may be stricter than its rule where that makes it simpler, and never laxer.
 */
export type Check<Value = unknown> = (value: Value) => boolean;

/** Holds for every value. */
export const anything: Check = () => true;

/** Holds where all of them hold; undefined where there are none. */
export function allOf<Value>(checks: readonly Check<Value>[]): Check<Value> | undefined {
  const [first, second] = checks;
  if (!first || !second) return first;
  if (checks.length === 2) return (value) => first(value) && second(value);
  return (value) => {
    for (let index = 0; index < checks.length; index += 1) {
      if (!(checks[index] as Check<Value>)(value)) return false;
    }
    return true;
  };
}
