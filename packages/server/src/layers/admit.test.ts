import { ManualClock } from "@charter/testing";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "@jest/globals";
import { Admission } from "../admission/admission.js";
import { fakeCall, run } from "../testing/fake-call.js";
import { admit } from "./admit.js";

const concurrency = { maxInFlight: 1, adaptive: false, maxQueue: 0, maxQueueTimeMs: 100 };

describe("admit", () => {
  it("holds a slot while the call goes on and gives it back when it is over, however it ends", async () => {
    const admission = new Admission(new ManualClock());
    const layer = admit<number>(admission);
    const { call } = fakeCall({ policy: { concurrency } });
    const inFlight = () => admission.snapshot().methods[0]?.inFlight;
    const stream = layer(call, async function* () {
      yield 1;
      yield 2;
    })[Symbol.asyncIterator]();
    await stream.next();
    expect(inFlight()).toBe(1);
    await expect(run(layer, call, { values: [1] })).rejects.toMatchObject({ reason: "OVERLOADED" });
    await stream.return?.();
    expect(inFlight()).toBe(0);
    await expect(run(layer, call, { error: new ConnectError("no", Code.Internal) })).rejects.toThrow("no");
    expect(inFlight()).toBe(0);
    await expect(run(layer, call, { values: [1] })).resolves.toEqual([1]);
  });
});
