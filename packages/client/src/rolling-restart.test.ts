import { lastingPort } from "@charter/testing";
import { sleep, systemClock } from "@charter/time";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { Channel } from "./channel.js";
import { type CharterServer, startCharterServer } from "./testing/charter-server.js";
import { until } from "./testing/fleet.js";
import { loadDuring } from "./testing/load.js";
import { createChannel, onEachWire } from "./testing/on-each-wire.js";
import { valuesOf } from "./testing/outcomes.js";
import { PolicyService } from "./testing/policy-contract.js";

const GRACE_MS = 5_000;
const WORK_MS = 5;

const servers: CharterServer[] = [];
let channel: Channel | undefined;

afterEach(async () => {
  channel?.close();
  await Promise.all(servers.splice(0).map((server) => server.drain(0)));
});

/** Answers after a moment, so that calls are always under way. */
const start = (port: number) =>
  startCharterServer(
    {
      act: async ({ value }) => {
        await sleep(systemClock, WORK_MS);
        return { value };
      },
      async *watch({ value }) {
        for (let i = 0; i < 3; i += 1) {
          await sleep(systemClock, WORK_MS);
          yield { value };
        }
      },
    },
    port,
  );

onEachWire(() => {
  describe("a rolling restart of three instances under load", () => {
    it("loses no call with effects and no stream, although neither is ever retried once it was seen", async () => {
      const ports = await Promise.all([lastingPort(), lastingPort(), lastingPort()]);
      servers.push(...(await Promise.all(ports.map(start))));
      const url = `static:${servers.map(({ port }) => `127.0.0.1:${port}`).join()}`;
      const opened = createChannel({ targets: { "test.policy.v1": { url, audience: "played" } } });
      channel = opened;
      const client = opened.client(PolicyService);
      const endpoints = () => opened.snapshot().callees[0]?.endpoints ?? [];
      const allReady = () => until(() => endpoints().every(({ connection }) => connection === "ready"));
      await client.act({});
      await allReady();
      const roll = async () => {
        for (const [i, server] of [...servers.entries()]) {
          await server.drain(GRACE_MS);
          servers[i] = await start(server.port);
          await allReady();
        }
      };
      const rolling = roll();
      const stream = async () => ({ value: (await valuesOf(client.watch({ value: "x" }))).join("") });
      const [calls, streams] = await Promise.all([
        loadDuring(rolling, () => client.act({ value: "x" }), 8),
        loadDuring(rolling, stream, 8),
      ]);
      await rolling;
      expect([...calls.errors, ...streams.errors]).toEqual([]);
      expect([[...calls.answers.keys()], [...streams.answers.keys()]]).toEqual([["x"], ["xxx"]]);
    });
  });
});
