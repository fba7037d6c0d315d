import { describe, expect, it } from "@jest/globals";
import { collect } from "../testing/collect.js";
import { fakeCall, from } from "../testing/fake-call.js";
import { untilAborted } from "./until-aborted.js";

const reason = new Error("over");

describe("untilAborted", () => {
  it("passes all values on when nothing aborts", async () => {
    await expect(collect(untilAborted(() => from([1, 2]), fakeCall().call))).resolves.toEqual([1, 2]);
  });

  it("fails at once for a call that is aborted already", async () => {
    const { call } = fakeCall();
    call.abort(reason);
    await expect(collect(untilAborted(() => from([1]), call))).rejects.toBe(reason);
  });

  it("does not wait for a value that never comes", async () => {
    const { call } = fakeCall();
    const silent: AsyncIterable<never> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    const collected = collect(untilAborted(() => silent, call));
    call.abort(reason);
    await expect(collected).rejects.toBe(reason);
  });

  it("ends what makes the values when its own consumer leaves", async () => {
    let ended = false;
    async function* values() {
      try {
        yield* [1, 2, 3];
      } finally {
        ended = true;
      }
    }
    for await (const value of untilAborted(values, fakeCall().call)) {
      expect(value).toBe(1);
      break;
    }
    // It is told to end and not waited for.
    await Promise.resolve();
    expect(ended).toBe(true);
  });

  it("logs how work ended that nobody waited for", async () => {
    const { call, lines } = fakeCall();
    const late: AsyncIterable<never> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: () => Promise.reject(new Error("too late")),
      }),
    };
    const collected = collect(untilAborted(() => late, call));
    call.abort(reason);
    await expect(collected).rejects.toBe(reason);
    expect(lines).toMatchObject([{ level: "debug", err: { message: "too late" } }]);
  });
});
