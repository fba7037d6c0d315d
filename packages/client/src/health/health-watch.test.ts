import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "@charter/contract/grpc/health/v1/health_pb.js";
import type { ConnectRouter } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import { until } from "../testing/fleet.js";
import { createChannel, onEachWire } from "../testing/on-each-wire.js";
import { startInstance } from "../testing/played-instances.js";
import { PolicyService } from "../testing/policy-contract.js";

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** A server's word on its health, that can change. */
function playedHealth(first: Status) {
  let status = first;
  let wake = Promise.withResolvers<void>();
  const watching = { count: 0 };
  const routes = (router: ConnectRouter) => {
    router.service(Health, {
      async *watch(_, { signal }) {
        watching.count += 1;
        const gone = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        gone.then(() => {
          watching.count -= 1;
        });
        while (!signal.aborted) {
          yield { status };
          await Promise.race([wake.promise, gone]);
        }
      },
    });
  };
  const become = (next: Status) => {
    status = next;
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  return { routes, become, watching };
}

async function setUp(first = Status.SERVING, health = true) {
  const played = playedHealth(first);
  const [watched, silent] = await Promise.all([startInstance({ routes: played.routes }), startInstance()]);
  stops.push(
    () => watched.stop(),
    () => silent.stop(),
  );
  const url = `static:${[watched, silent].map((it) => new URL(it.url).host).join()}`;
  const channel = createChannel({
    targets: { "test.policy.v1": { url, audience: "played" } },
    tuning: { health },
  });
  stops.push(() => channel.close());
  const client = channel.client(PolicyService);
  await client.read({});
  const states = () => channel.snapshot().callees[0]?.endpoints.map((it) => it.health);
  const calls = async (count: number) => {
    watched.seen.clear();
    silent.seen.clear();
    for (let i = 0; i < count; i += 1) await client.inTurn({});
    return [watched, silent].map(({ seen }) => seen.get("InTurn") ?? 0);
  };
  return { ...played, channel, watched, silent, states, calls };
}

onEachWire(() => {
  describe("an endpoint's health", () => {
    it("decides whether it is called, as soon as it changes", async () => {
      const { become, states, calls } = await setUp();
      await until(() => states()?.[0] === "healthy");
      expect((await calls(10))[0]).toBe(5);
      become(Status.NOT_SERVING);
      await until(() => states()?.[0] === "unhealthy");
      expect(await calls(10)).toEqual([0, 10]);
      become(Status.SERVING);
      await until(() => states()?.[0] === "healthy");
      expect((await calls(10))[0]).toBe(5);
    });

    it("is taken for good where the server does not say", async () => {
      const { states, calls } = await setUp();
      await until(() => states()?.[0] === "healthy");
      expect(states()?.[1]).toBe("unknown");
      expect((await calls(10))[1]).toBe(5);
    });

    it("keeps no call from being tried where nobody is healthy", async () => {
      const { silent, states, calls } = await setUp(Status.NOT_SERVING);
      await until(() => states()?.[0] === "unhealthy");
      await silent.stop();
      expect((await calls(1))[0]).toBe(1);
    });

    it("is not asked for where that is turned off", async () => {
      const { watching, states, calls } = await setUp(Status.NOT_SERVING, false);
      await calls(4);
      expect(states()).toEqual(["unknown", "unknown"]);
      expect(watching.count).toBe(0);
    });

    it("is no longer watched when the channel is closed", async () => {
      const { watching, channel } = await setUp();
      await until(() => watching.count === 1);
      channel.close();
      await until(() => watching.count === 0);
    });
  });
});
