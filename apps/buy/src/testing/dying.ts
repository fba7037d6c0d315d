/** Calls that the process which makes them does not live to see answered. */
export interface Dying<T extends object> {
  /** Use it in place of the original. */
  readonly target: T;
  /** Resolves when the call has taken effect, or was about to. The process is dead from then on. */
  readonly died: Promise<void>;
  /** The process was only asleep: it wakes up and goes on with the answer. */
  wakeUp(): void;
}

/** Wraps an object so that its method `name` never returns: the process dies right before it acts, or right after. */
export function dyingAt<T extends object>(original: T, name: keyof T, moment: "before" | "after"): Dying<T> {
  const died = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  const target = new Proxy(original, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property, object);
      if (typeof value !== "function") return value;
      if (property !== name) return value.bind(object);
      return async (...args: unknown[]) => {
        if (moment === "before") await stop();
        const answer: unknown = await Reflect.apply(value, object, args);
        if (moment === "after") await stop();
        return answer;
      };
    },
  });
  const stop = () => {
    died.resolve();
    return awake.promise;
  };
  return { target, died: died.promise, wakeUp: () => awake.resolve() };
}
