import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { RetryInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { ChassisError, chassisError } from "@charter/server";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import { outcomeOf } from "../outcome.js";
import { type Fleet, startFleet } from "../testing/fleet.js";
import { onEachWire } from "../testing/on-each-wire.js";
import { failureOf, valuesOf } from "../testing/outcomes.js";
import { hang, type Play } from "../testing/played-instances.js";

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
});

const failing =
  (code: Code, header?: Record<string, string>): Play =>
  async () => {
    throw new ConnectError("no", code, header);
  };

/** A fleet where all instances do the same. */
async function playing(count: number, play: Play) {
  fleet = await startFleet(count);
  for (const instance of fleet.instances) instance.play = play;
  return fleet;
}

onEachWire(() => {
  describe("a call that fails", () => {
    it("is repeated at another endpoint each time, and says which attempt it is", async () => {
      const attempts: (string | null)[] = [];
      const { client, instances } = await playing(3, async (_, { requestHeader }) => {
        attempts.push(requestHeader.get("grpc-previous-rpc-attempts"));
        throw new ConnectError("no", Code.Unavailable);
      });
      expect((await failureOf(client.read({}))).code).toBe(Code.Unavailable);
      expect(instances.map(({ seen }) => seen.get("Read"))).toEqual([1, 1, 1]);
      expect(attempts).toEqual([null, "1", "2"]);
    });

    it("succeeds when one of them can answer", async () => {
      const { client, instances, channel } = await playing(3, failing(Code.Unavailable));
      const [good] = instances;
      if (good) good.play = async () => "fine";
      await expect(client.put({})).resolves.toMatchObject({ value: "fine" });
      expect(channel.snapshot().callees[0]?.counters.failures).toBe(0);
    });

    it("is not repeated for a code that the contract does not name", async () => {
      const { client, seen } = await playing(3, failing(Code.Internal));
      await failureOf(client.read({}));
      expect(seen("Read")).toBe(1);
    });

    it("is never repeated when it has effects and a server has seen it", async () => {
      const { client, seen } = await playing(3, failing(Code.Unavailable));
      for (let i = 0; i < 30; i += 1) await failureOf(client.act({ value: "key" }));
      expect(seen("Act")).toBe(30);
    });

    it("is repeated with effects where its idempotency key is filled, and only there", async () => {
      const { client, seen } = await playing(3, failing(Code.Unavailable));
      await failureOf(client.keyed({ value: "key" }));
      expect(seen("Keyed")).toBe(3);
      await failureOf(client.keyed({}));
      expect(seen("Keyed")).toBe(4);
    });

    it("is repeated no sooner than the callee asks", async () => {
      const info = create(RetryInfoSchema, { retryDelay: create(DurationSchema, { nanos: 150_000_000 }) });
      const times: number[] = [];
      const { client } = await playing(1, async () => {
        times.push(performance.now());
        throw new ConnectError("no", Code.Unavailable, undefined, [{ desc: RetryInfoSchema, value: info }]);
      });
      await failureOf(client.read({}));
      expect(times).toHaveLength(3);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(149);
    });

    it("is not repeated when the callee asks not to", async () => {
      const { client, seen } = await playing(
        3,
        failing(Code.Unavailable, { "grpc-retry-pushback-ms": "-1" }),
      );
      await failureOf(client.read({}));
      expect(seen("Read")).toBe(1);
    });

    it("is not repeated beyond its deadline", async () => {
      const info = create(RetryInfoSchema, { retryDelay: create(DurationSchema, { seconds: 5n }) });
      const { client, seen } = await playing(3, async () => {
        throw new ConnectError("no", Code.Unavailable, undefined, [{ desc: RetryInfoSchema, value: info }]);
      });
      const error = await failureOf(client.read({}, { timeoutMs: 1_000 }));
      expect([error.code, seen("Read")]).toEqual([Code.Unavailable, 1]);
    });

    it("is not repeated once its caller has given up", async () => {
      const caller = new AbortController();
      const { client, seen } = await playing(3, async () => {
        caller.abort();
        throw new ConnectError("no", Code.Unavailable);
      });
      const error = await failureOf(client.read({}, { signal: caller.signal }));
      expect([error.code, seen("Read")]).toEqual([Code.Canceled, 1]);
    });

    it("is repeated within the budget only", async () => {
      const { client, channel } = await playing(3, failing(Code.Unavailable));
      const startMs = performance.now();
      for (let i = 0; i < 100; i += 1) await failureOf(client.read({}));
      const seconds = (performance.now() - startMs) / 1_000;
      const { retries = 0, retriesDenied = 0 } = channel.snapshot().callees[0]?.counters ?? {};
      expect(retries).toBeGreaterThan(10);
      expect(retries).toBeLessThanOrEqual(100 / 5 + 10 + Math.ceil(10 * seconds) + 1);
      expect(retriesDenied).toBeGreaterThan(0);
    });

    it("leaves as unknown when any of its attempts may have had an effect", async () => {
      const { client, instances } = await playing(2, (value, context) => {
        // Whatever comes next finds nobody.
        for (const instance of instances) void instance.stop();
        return hang(value, context);
      });
      const error = await failureOf(client.put({}));
      expect(error.code).toBe(Code.Unavailable);
      expect(outcomeOf(error)).toBe("unknown");
    });
  });

  describe("a call that one instance has no capacity for", () => {
    it("goes to another, once, whatever its effects", async () => {
      const { client, instances, seen } = await playing(3, async () => {
        throw chassisError(ChassisError.OVERLOADED, { retryAfterMs: 1_000 });
      });
      expect((await failureOf(client.act({}))).code).toBe(Code.ResourceExhausted);
      expect(seen("Act")).toBe(2);
      for (const instance of instances.slice(1)) instance.play = async () => "fine";
      await expect(client.act({})).resolves.toMatchObject({ value: "fine" });
    });
  });

  describe("a stream that fails", () => {
    it("is repeated only when no server saw it", async () => {
      const { client, seen } = await playing(2, failing(Code.Unavailable));
      await failureOf(valuesOf(client.watch({})));
      expect(seen("Watch")).toBe(1);
    });
  });
});
