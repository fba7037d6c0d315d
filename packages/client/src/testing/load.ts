/** What a load saw. */
export interface LoadReport {
  readonly calls: number;
  readonly errors: readonly unknown[];
  /** Answers by what they said. */
  readonly answers: ReadonlyMap<string, number>;
  /** Latency at a quantile in milliseconds, e.g. `atMs(0.99)`. */
  atMs(quantile: number): number;
}

/** Calls from `workers` at once, each after the other, until there were `calls` of them. */
export async function load(
  call: () => Promise<{ value: string }>,
  { calls, workers }: { readonly calls: number; readonly workers: number },
): Promise<LoadReport> {
  const latenciesMs: number[] = [];
  const errors: unknown[] = [];
  const answers = new Map<string, number>();
  let left = calls;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const startMs = performance.now();
      try {
        const { value } = await call();
        answers.set(value, (answers.get(value) ?? 0) + 1);
      } catch (error) {
        errors.push(error);
      }
      latenciesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  latenciesMs.sort((a, b) => a - b);
  const atMs = (quantile: number) => latenciesMs[Math.ceil(quantile * latenciesMs.length) - 1] ?? 0;
  return { calls, errors, answers, atMs };
}
