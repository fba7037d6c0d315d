/** What a load saw. */
export interface LoadReport {
  readonly calls: number;
  readonly errors: readonly unknown[];
  /** Answers by what they said. */
  readonly answers: ReadonlyMap<string, number>;
  /** Latency at a quantile in milliseconds, e.g. `atMs(0.99)`. */
  atMs(quantile: number): number;
}

type Call = () => Promise<{ value: string }>;

/** Calls from `workers` at once, each after the other, until there were `calls` of them. */
export function load(
  call: Call,
  { calls, workers }: { readonly calls: number; readonly workers: number },
): Promise<LoadReport> {
  let left = calls;
  const takesOne = () => {
    left -= 1;
    return left >= 0;
  };
  return callWhile(takesOne, call, workers);
}

/** Calls from `workers` at once, each after the other, until `work` has ended, however it ends. */
export function loadDuring(work: Promise<unknown>, call: Call, workers: number): Promise<LoadReport> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  return callWhile(() => !over, call, workers);
}

async function callWhile(goesOn: () => boolean, call: Call, workers: number): Promise<LoadReport> {
  const latenciesMs: number[] = [];
  const errors: unknown[] = [];
  const answers = new Map<string, number>();
  let calls = 0;
  const work = async () => {
    while (goesOn()) {
      calls += 1;
      const startMs = performance.now();
      try {
        const { value } = await call();
        answers.set(value, (answers.get(value) ?? 0) + 1);
      } catch (error) {
        errors.push(error);
        // A call may be refused without any wait, and whoever ends the load must have a turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
      latenciesMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  latenciesMs.sort((a, b) => a - b);
  const atMs = (quantile: number) => latenciesMs[Math.ceil(quantile * latenciesMs.length) - 1] ?? 0;
  return { calls, errors, answers, atMs };
}
