import { describe, expect, it } from "@jest/globals";
import { arrivals } from "./arrivals.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const { signal } = new AbortController();

/** A stream that gives what was put into it, and fails or ends at last. */
function source() {
  const items: number[] = [];
  let over: { error?: Error } | undefined;
  let wake = () => {};
  let given: AbortSignal | undefined;
  async function* stream() {
    for (;;) {
      const item = items.shift();
      if (item !== undefined) yield item;
      else if (over?.error) throw over.error;
      else if (over) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return {
    put: (...more: number[]) => {
      items.push(...more);
      wake();
    },
    end: (error?: Error) => {
      over = error ? { error } : {};
      wake();
    },
    open: (opened: AbortSignal) => {
      given = opened;
      return stream();
    },
    get isLeft() {
      return given?.aborted;
    },
  };
}

describe("what has arrived of a stream", () => {
  it("is taken at once, up to the bound", async () => {
    const { open, put, end } = source();
    put(1, 2, 3, 4, 5);
    end();
    const batches: (readonly number[])[] = [];
    for await (const batch of arrivals(open, { signal, max: 2 })) batches.push(batch);
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it("is not waited for any longer than until there is one", async () => {
    const { open, put, end } = source();
    const batches: (readonly number[])[] = [];
    put(1);
    for await (const batch of arrivals(open, { signal, max: 10 })) {
      batches.push(batch);
      if (batches.length === 1) put(2, 3);
      else end();
      await turn();
    }
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it("comes before the failure of the stream", async () => {
    const { open, put, end } = source();
    put(1, 2);
    end(new Error("broken"));
    const batches: (readonly number[])[] = [];
    const read = async () => {
      for await (const batch of arrivals(open, { signal, max: 10 })) batches.push(batch);
    };
    await expect(read()).rejects.toThrow("broken");
    expect(batches).toEqual([[1, 2]]);
  });

  it("is left at once by one who fails, though the stream gives nothing more", async () => {
    const it = source();
    it.put(1);
    const read = async () => {
      for await (const batch of arrivals(it.open, { signal, max: 10 })) throw new Error(`at ${batch}`);
    };
    await expect(read()).rejects.toThrow("at 1");
    expect(it.isLeft).toBe(true);
  });
});
