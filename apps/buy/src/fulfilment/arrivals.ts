/**
 * Opens a stream and takes from it what has arrived by the time that it is asked: at least one, at most `max` at once. It reads ahead by one
 * while they are worked on. Leaving early ends the stream by the signal that it was opened with.
 */
export async function* arrivals<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  { signal, max }: { readonly signal: AbortSignal; readonly max: number },
): AsyncIterable<readonly T[]> {
  const left = new AbortController();
  const iterator = open(AbortSignal.any([signal, left.signal]))[Symbol.asyncIterator]();
  const read = () => {
    const reading = iterator.next();
    // A failure is thrown after what came before it has been taken.
    reading.catch(() => undefined);
    return reading;
  };
  try {
    let next = read();
    for (let first = await next; !first.done; first = await next) {
      const taken = [first.value];
      next = read();
      while (taken.length < max) {
        const more = await Promise.race([next, soon()]).catch(() => undefined);
        if (!more || more.done) break;
        taken.push(more.value);
        next = read();
      }
      yield taken;
    }
  } finally {
    left.abort();
  }
}

/** After all that has come off the socket already. */
function soon(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)));
}
