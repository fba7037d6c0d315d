import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import { outcomeOf } from "../outcome.js";
import { type Fleet, startFleet } from "../testing/fleet.js";
import { failureOf } from "../testing/outcomes.js";

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
});

async function failingWith(code: Code) {
  fleet = await startFleet(1);
  for (const instance of fleet.instances) {
    instance.play = async () => {
      throw new ConnectError("no", code);
    };
  }
  return fleet;
}

describe("a callee that is overloaded", () => {
  it("is spared most of the calls that it would refuse", async () => {
    const { client, seen, channel } = await failingWith(Code.ResourceExhausted);
    const errors: ConnectError[] = [];
    for (let i = 0; i < 300; i += 1) errors.push(await failureOf(client.act({})));
    expect(seen("Act")).toBeLessThan(60);
    const throttled = errors.filter((error) => outcomeOf(error) === "not_sent");
    expect(throttled).toHaveLength(300 - seen("Act"));
    expect(throttled.every(({ code }) => code === Code.ResourceExhausted)).toBe(true);
    expect(channel.snapshot().callees[0]?.counters.throttled).toBe(throttled.length);
    expect(channel.snapshot().callees[0]?.throttling.default).toBeGreaterThan(0.9);
  });

  it("is not one that refuses for other reasons", async () => {
    const { client, seen } = await failingWith(Code.FailedPrecondition);
    for (let i = 0; i < 50; i += 1) await failureOf(client.act({}));
    expect(seen("Act")).toBe(50);
  });
});
