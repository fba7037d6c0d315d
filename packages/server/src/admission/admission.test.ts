import { RetryInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import type { ConcurrencyPolicy, MethodPolicy } from "@charter/policy";
import { ManualClock } from "@charter/testing";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "@jest/globals";
import { waitOver } from "../layers/wait-over.js";
import { type FakeCallOptions, fakeCall } from "../testing/fake-call.js";
import { Admission } from "./admission.js";
import { admissionSamples } from "./admission-samples.js";
import type { Slot } from "./slot.js";

const one: ConcurrencyPolicy = { maxInFlight: 1, adaptive: false, maxQueue: 1, maxQueueTimeMs: 100 };

function newAdmission() {
  const clock = new ManualClock();
  const admission = new Admission(clock);
  const admit = (policy: Partial<MethodPolicy> = {}, more: FakeCallOptions = {}) => {
    const { call } = fakeCall({ ...more, policy: { concurrency: one, ...policy } });
    const enter = async () => {
      const wait = admission.admit(call);
      if (wait) await waitOver(wait, call.signal);
      return call.slot as Slot;
    };
    const slot = enter();
    return { call, slot, refusal: slot.then(neverRefused, (error: unknown) => ConnectError.from(error)) };
  };
  return { clock, admission, admit };
}

const neverRefused = () => undefined;

describe("Admission", () => {
  it("lets in, has the next one wait, refuses the third with when to come back", async () => {
    const { clock, admission, admit } = newAdmission();
    const first = await admit().slot;
    const second = admit();
    const error = await admit().refusal;
    expect(error).toMatchObject({ code: Code.ResourceExhausted, reason: "OVERLOADED" });
    expect(error?.findDetails(RetryInfoSchema)).toHaveLength(1);
    first.release(true);
    const slot = await second.slot;
    expect(admission.snapshot().methods).toMatchObject([{ inFlight: 1, limit: 1, queued: 0, admitted: 2 }]);
    slot.release(true);
    await clock.advance(1_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it("lets as many requests be read at once as there are slots, or as fit 64 MiB", () => {
    const { admission } = newAdmission();
    const { call } = fakeCall({ policy: { concurrency: one } });
    const payload = { ...call.policy.payload, maxRequestBytes: 33_554_432 };
    const policy = { ...call.policy, payload };
    const first = admission.beginReading(policy);
    admission.beginReading(policy);
    expect(() => admission.beginReading(policy)).toThrow(expect.objectContaining({ reason: "OVERLOADED" }));
    first();
    expect(() => admission.beginReading(policy)).not.toThrow();
  });

  it("refuses who has waited too long", async () => {
    const { clock, admit } = newAdmission();
    await admit().slot;
    const { refusal } = admit();
    await clock.advance(100);
    expect(await refusal).toMatchObject({ reason: "OVERLOADED" });
  });

  it("counts no refusal for a caller that gives up while it waits", async () => {
    const { clock, admission, admit } = newAdmission();
    await admit().slot;
    const { call, refusal } = admit();
    await clock.advance(1);
    call.abort(new ConnectError("gone", Code.Canceled));
    expect(await refusal).toMatchObject({ code: Code.Canceled });
    expect(admission.snapshot().methods[0]?.shed.default).toMatchObject({ queue_full: 0, queue_time: 0 });
  });

  it("keeps methods apart", async () => {
    const { admit } = newAdmission();
    await admit().slot;
    await expect(admit({ procedure: "/other.Service/Method" }).slot).resolves.toBeDefined();
  });

  it("turns away who could not be let in, and nobody else", async () => {
    const { admission, admit } = newAdmission();
    const { call } = admit();
    const policy = call.policy;
    expect(admission.turnAway(policy, new Headers())).toBeUndefined();
    const waiting = admit();
    expect(admission.turnAway(policy, new Headers())).toMatchObject({ reason: "OVERLOADED" });
    expect(admission.turnAway(policy, new Headers({ "charter-criticality": "critical" }))).toBeUndefined();
    expect(admission.snapshot().methods[0]?.shed.default.queue_full).toBe(1);
    (await admit({ procedure: "/other.Service/Method" }).slot).release(true);
    expect(await Promise.race([waiting.slot, "waits"])).toBe("waits");
  });

  it("shows what it does as series", async () => {
    const { admission, admit } = newAdmission();
    await admit().slot;
    admit();
    await admit({ criticality: "sheddable" }).refusal;
    const shown = [...admissionSamples(admission.snapshot())].map(({ name, labels, ...rest }) => [
      name,
      "value" in rest ? rest.value : undefined,
      labels?.criticality,
    ]);
    expect(shown).toEqual([
      ["rpc_server_waiting_for_turn", 0, undefined],
      ["rpc_server_concurrency_limit", 1, undefined],
      ["rpc_server_queued", 1, undefined],
      ["rpc_server_admitted_total", 1, undefined],
      ["rpc_server_shed_total", 1, "sheddable"],
    ]);
  });
});
