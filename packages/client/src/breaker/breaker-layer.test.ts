import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import { outcomeOf } from "../outcome.js";
import { type Fleet, startFleet, until } from "../testing/fleet.js";
import { eventually, failureOf } from "../testing/outcomes.js";

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
});

const FRAGILE = "/test.policy.v1.PolicyService/Fragile";
const stateAt = (index: number) => fleet?.channel.snapshot().callees[0]?.endpoints[index]?.breakers[FRAGILE];
const broken = async () => {
  throw new ConnectError("broken", Code.Internal);
};

describe("the breaker of an endpoint and method", () => {
  it("turns calls away from an endpoint that fails, and back when it has healed", async () => {
    fleet = await startFleet(2);
    const { client, instances } = fleet;
    const [bad] = instances;
    if (!bad) throw new Error("no instance");
    bad.play = broken;
    await until(() => {
      client.fragile({}).catch(() => {});
      return stateAt(0) === "open";
    });
    await until(() => fleet?.channel.snapshot().callees[0]?.endpoints[0]?.inFlight === 0);
    bad.play = async () => "healed";
    await eventually(async () => expect((await client.fragile({})).value).toBe("healed"));
    expect(stateAt(0)).toBe("closed");
  });

  it("refuses at once where all are open, which is no call, and leaves other methods alone", async () => {
    fleet = await startFleet(1);
    const { client, instances, seen, channel } = fleet;
    for (const instance of instances) instance.play = broken;
    for (let i = 0; i < 5; i += 1) await failureOf(client.fragile({}));
    const error = await failureOf(client.fragile({}));
    expect([error.code, error.rawMessage]).toEqual([
      Code.Unavailable,
      `played fails too often; ${FRAGILE} was not called`,
    ]);
    expect(outcomeOf(error)).toBe("not_sent");
    expect(seen("Fragile")).toBe(5);
    expect(channel.snapshot().callees[0]?.counters.broken).toBe(1);
    expect((await failureOf(client.act({}))).code).toBe(Code.Internal);
  });

  it("does not count answers that blame the request", async () => {
    fleet = await startFleet(1);
    const { client, instances } = fleet;
    for (const instance of instances) {
      instance.play = async () => {
        throw new ConnectError("no such thing", Code.NotFound);
      };
    }
    for (let i = 0; i < 20; i += 1) expect((await failureOf(client.fragile({}))).code).toBe(Code.NotFound);
    expect(stateAt(0)).toBe("closed");
  });
});
