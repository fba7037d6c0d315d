import { type AmbientContext, currentContext, runInContext } from "@charter/telemetry";
import { Deadline, systemClock } from "@charter/time";
import { describe, expect, it } from "@jest/globals";
import type { CheckoutDeps } from "./checkout-deps.js";
import { type CheckoutContext, type CheckoutStep, sharedStep } from "./checkout-step.js";

describe("sharedStep", () => {
  it("runs and undoes under a context of its own, not under that of the call that woke the checkout", async () => {
    const seen: (AmbientContext | undefined)[] = [];
    const look = async () => {
      seen.push(currentContext());
    };
    const step: CheckoutStep = { name: "look", kind: "compensable", run: look, compensate: look };
    const shared = sharedStep({} as CheckoutDeps, step);
    const context = { key: "order:look" } as CheckoutContext;
    const call = { requestId: "call", deadline: Deadline.after(systemClock, 0), signal: AbortSignal.abort() };
    await runInContext(call, async () => {
      await shared.run(context);
      if (shared.kind === "compensable") await shared.compensate?.(context);
    });
    expect(seen).toEqual([{ requestId: "order:look" }, { requestId: "order:look" }]);
  });
});
