import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { currentContext, runInContext } from "./ambient-context.js";

describe("runInContext", () => {
  it("is seen by what the function awaits and starts", async () => {
    const seen = await runInContext({ requestId: "r1" }, async () => {
      await turn();
      const started = new Promise((resolve) => setImmediate(() => resolve(currentContext()?.requestId)));
      return [currentContext()?.requestId, await started];
    });
    expect(seen).toEqual(["r1", "r1"]);
  });

  it("keeps calls that run at once apart", async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `r${i}`);
    const seen = await Promise.all(
      ids.map((requestId) =>
        runInContext({ requestId }, async () => {
          await turn();
          return currentContext()?.requestId;
        }),
      ),
    );
    expect(seen).toEqual(ids);
  });

  it("ends with the function, also when it throws", () => {
    expect(() =>
      runInContext({ requestId: "r1" }, () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(currentContext()).toBeUndefined();
  });

  it("nests", () => {
    runInContext({ requestId: "outer" }, () => {
      runInContext({ requestId: "inner" }, () => expect(currentContext()?.requestId).toBe("inner"));
      expect(currentContext()?.requestId).toBe("outer");
    });
  });
});
