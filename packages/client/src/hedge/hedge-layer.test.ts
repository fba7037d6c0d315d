import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Fleet, startFleet, until } from "../testing/fleet.js";
import { failureOf } from "../testing/outcomes.js";
import { hang } from "../testing/played-instances.js";

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
});

/** Two instances, and calls enough to pay for a second attempt. */
async function earned() {
  fleet = await startFleet(2);
  for (let i = 0; i < 25; i += 1) await fleet.client.hedged({});
  for (const { seen } of fleet.instances) seen.clear();
  return fleet;
}

/** The first attempt hangs until it is cancelled, others answer. */
function slowFirst({ instances }: Fleet) {
  const cancelled = Promise.withResolvers<void>();
  let calls = 0;
  for (const instance of instances) {
    instance.play = (value, context) => {
      calls += 1;
      if (calls > 1) return Promise.resolve("second");
      context.signal.addEventListener("abort", () => cancelled.resolve());
      return hang(value, context);
    };
  }
  return cancelled.promise;
}

describe("a hedged call", () => {
  it("takes the second attempt's answer when the first is slow, and cancels the first", async () => {
    const { client, channel, instances } = await earned();
    const cancelled = slowFirst({ instances } as Fleet);
    await expect(client.hedged({})).resolves.toMatchObject({ value: "second" });
    await cancelled;
    expect(instances.map(({ seen }) => seen.get("Hedged"))).toEqual([1, 1]);
    expect(channel.snapshot().callees[0]?.counters.hedges).toBe(1);
    await until(() => channel.snapshot().callees[0]?.endpoints.every(({ inFlight }) => inFlight === 0));
  });

  it("is not sent twice when the first answers in time", async () => {
    const { client, seen } = await earned();
    for (let i = 0; i < 10; i += 1) await client.hedged({});
    expect(seen("Hedged")).toBe(10);
  });

  it("fails with the first failure when all attempts fail", async () => {
    const { client, instances } = await earned();
    let calls = 0;
    for (const instance of instances) {
      instance.play = async () => {
        calls += 1;
        const mine = calls;
        await until(() => calls === 2);
        throw new ConnectError(`attempt ${mine}`, Code.Internal);
      };
    }
    expect((await failureOf(client.hedged({}))).rawMessage).toMatch(/^attempt [12]$/);
  });

  it("ends all attempts when the caller gives up", async () => {
    const { client, instances } = await earned();
    const caller = new AbortController();
    let running = 0;
    for (const instance of instances) {
      instance.play = (value, context) => {
        running += 1;
        context.signal.addEventListener("abort", () => {
          running -= 1;
        });
        if (running === 2) caller.abort();
        return hang(value, context);
      };
    }
    expect((await failureOf(client.hedged({}, { signal: caller.signal }))).code).toBe(Code.Canceled);
    await until(() => running === 0);
  });

  it("costs at most a twentieth more calls", async () => {
    const { client, instances, seen } = await earned();
    for (const instance of instances) {
      instance.play = () => new Promise((resolve) => setTimeout(resolve, 70, "late"));
    }
    await Promise.all(Array.from({ length: 100 }, () => client.hedged({})));
    expect(seen("Hedged")).toBeGreaterThan(100);
    expect(seen("Hedged")).toBeLessThanOrEqual(106);
  });
});
