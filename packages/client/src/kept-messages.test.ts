import { describe, expect, it } from "@jest/globals";
import { KeptMessages } from "./kept-messages.js";

function setUp(...values: number[]) {
  let ended = false;
  async function* source() {
    try {
      yield* values;
    } finally {
      ended = true;
    }
  }
  const messages = new KeptMessages(source());
  const take = async (attempt: AsyncIterable<number>, count: number) => {
    const iterator = attempt[Symbol.asyncIterator]();
    const taken: (number | undefined)[] = [];
    for (let i = 0; i < count; i += 1) taken.push((await iterator.next()).value);
    return taken;
  };
  return { messages, take, ended: () => ended };
}

describe("KeptMessages", () => {
  it("shows each attempt the stream from its beginning", async () => {
    const { messages, take } = setUp(1, 2, 3);
    expect(await take(messages.replay(), 1)).toEqual([1]);
    expect(messages.replayable).toBe(true);
    expect(await take(messages.replay(), 4)).toEqual([1, 2, 3, undefined]);
  });

  it("is not replayable once more was taken than is kept, or an attempt was answered", async () => {
    const { messages, take } = setUp(1, 2, 3);
    await take(messages.replay(), 3);
    expect(messages.replayable).toBe(false);
    const other = setUp(1);
    other.messages.commit();
    expect(other.messages.replayable).toBe(false);
  });

  it("goes on where it was when an attempt is answered", async () => {
    const { messages, take } = setUp(1, 2, 3);
    await take(messages.replay(), 2);
    const attempt = messages.replay();
    expect(await take(attempt, 1)).toEqual([1]);
    messages.commit();
    expect(await take(attempt, 2)).toEqual([2, 3]);
  });

  it("survives the end of an attempt that was not answered, and ends with one that was", async () => {
    const { messages, take, ended } = setUp(1, 2, 3);
    const first = messages.replay();
    await take(first, 1);
    await first[Symbol.asyncIterator]().return?.();
    await first[Symbol.asyncIterator]().throw?.(new Error("broken"));
    expect(ended()).toBe(false);
    const second = messages.replay();
    expect(await take(second, 1)).toEqual([1]);
    messages.commit();
    await second[Symbol.asyncIterator]().return?.();
    expect(ended()).toBe(true);
  });

  it("ends the source when no attempt was answered", async () => {
    const { messages, take, ended } = setUp(1, 2);
    await take(messages.replay(), 1);
    await messages.release();
    expect(ended()).toBe(true);
  });
});
