/** Lets the event loop turn until a number has stayed the same for many turns: what it counts has come to a stop. */
export async function untilSteady(read: () => number, turns = 100): Promise<number> {
  let last = read();
  for (let steady = 0; steady < turns; steady += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = read();
    if (now !== last) steady = 0;
    last = now;
  }
  return last;
}

/** Calls back after so many turns of the event loop. */
export function afterTurns(turns: number, callback: () => void): void {
  if (turns === 0) callback();
  else setImmediate(() => afterTurns(turns - 1, callback));
}

/** Lets the event loop turn until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
