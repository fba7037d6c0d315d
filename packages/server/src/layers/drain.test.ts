import { describe, expect, it } from "@jest/globals";
import { Lifecycle } from "../lifecycle.js";
import { fakeCall, run } from "../testing/fake-call.js";
import { drain } from "./drain.js";

describe("drain", () => {
  it("lets calls pass until the server drains, and health for ever", async () => {
    const lifecycle = new Lifecycle();
    const layer = drain<number>(lifecycle);
    await expect(run(layer, fakeCall().call, { values: [1] })).resolves.toEqual([1]);
    lifecycle.startDraining();
    await expect(run(layer, fakeCall().call, { values: [1] })).rejects.toMatchObject({ reason: "DRAINING" });
    const health = fakeCall({ servesWhileDraining: true });
    await expect(run(layer, health.call, { values: [1] })).resolves.toEqual([1]);
  });

  it.each(["client_streaming", "bidi_streaming"] as const)(
    "takes a %s call that was on its way, for its caller cannot send it again",
    async (kind) => {
      const lifecycle = new Lifecycle();
      lifecycle.startDraining();
      const { call } = fakeCall({ policy: { kind } });
      await expect(run(drain<number>(lifecycle), call, { values: [1] })).resolves.toEqual([1]);
    },
  );
});
