/** A span of time in milliseconds since the Unix epoch: the start is inside, the end is not. */
export interface TimeSpan {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
