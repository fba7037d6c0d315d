import { ManualClock } from "@charter/testing";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Fleet, startFleet, until } from "../testing/fleet.js";
import { onEachWire } from "../testing/on-each-wire.js";
import { failureOf } from "../testing/outcomes.js";
import { hang, type Play } from "../testing/played-instances.js";

/** As the contract declares. */
const DELAY_MS = 50;

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
});

/** Two instances, and calls enough to pay for a second attempt. */
async function earned() {
  const clock = new ManualClock();
  fleet = await startFleet(2, { clock });
  const { client, channel, instances, seen } = fleet;
  for (let i = 0; i < 25; i += 1) await client.hedged({});
  for (const instance of instances) instance.seen.clear();
  const play = (played: Play) => {
    for (const instance of instances) instance.play = played;
  };
  const counters = () => channel.snapshot().callees[0]?.counters;
  /** Lets the wait for the first attempt pass once `calls` have reached an instance. */
  const passDelay = async (calls = 1) => {
    await until(() => seen("Hedged") === calls);
    await clock.advance(DELAY_MS);
  };
  return { client, channel, instances, seen, play, counters, passDelay };
}

onEachWire(() => {
  describe("a hedged call", () => {
    it("takes the second attempt's answer when the first is slow, and cancels the first", async () => {
      const { client, channel, instances, play, counters, passDelay } = await earned();
      const cancelled = Promise.withResolvers<void>();
      let calls = 0;
      play((value, context) => {
        calls += 1;
        if (calls > 1) return Promise.resolve("second");
        context.signal.addEventListener("abort", () => cancelled.resolve());
        return hang(value, context);
      });
      const answer = client.hedged({});
      await passDelay();
      await expect(answer).resolves.toMatchObject({ value: "second" });
      await cancelled.promise;
      expect(instances.map(({ seen }) => seen.get("Hedged"))).toEqual([1, 1]);
      expect(counters()?.hedges).toBe(1);
      await until(() => channel.snapshot().callees[0]?.endpoints.every(({ inFlight }) => inFlight === 0));
    });

    it("is not sent twice when the first answers in time", async () => {
      const { client, seen } = await earned();
      for (let i = 0; i < 10; i += 1) await client.hedged({});
      expect(seen("Hedged")).toBe(10);
    });

    it("fails with the first failure when all attempts fail", async () => {
      const { client, play, seen, passDelay } = await earned();
      let calls = 0;
      play(async () => {
        calls += 1;
        const mine = calls;
        await until(() => seen("Hedged") === 2);
        throw new ConnectError(`attempt ${mine}`, Code.Internal);
      });
      const failure = failureOf(client.hedged({}));
      await passDelay();
      expect((await failure).rawMessage).toMatch(/^attempt [12]$/);
      expect(seen("Hedged")).toBe(2);
    });

    it("ends all attempts when the caller gives up", async () => {
      const { client, play, seen, passDelay } = await earned();
      const caller = new AbortController();
      let running = 0;
      play((value, context) => {
        running += 1;
        context.signal.addEventListener("abort", () => {
          running -= 1;
        });
        return hang(value, context);
      });
      const failure = failureOf(client.hedged({}, { signal: caller.signal }));
      await passDelay();
      await until(() => seen("Hedged") === 2);
      caller.abort();
      expect((await failure).code).toBe(Code.Canceled);
      await until(() => running === 0);
    });

    it("costs at most a twentieth more calls", async () => {
      const { client, play, seen, counters, passDelay } = await earned();
      const gate = Promise.withResolvers<string>();
      play(() => gate.promise);
      const calls = Array.from({ length: 95 }, () => client.hedged({}));
      await passDelay(95);
      await until(() => seen("Hedged") === 95 + (counters()?.hedges ?? 0));
      gate.resolve("late");
      await Promise.all(calls);
      // 120 calls in all.
      expect(counters()?.hedges).toBe(6);
      expect(seen("Hedged")).toBe(95 + 6);
    });
  });
});
