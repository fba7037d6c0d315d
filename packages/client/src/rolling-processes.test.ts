import { lastingPort, type SourceProcess, spawnSource } from "@charter/testing";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Channel, createChannel } from "./channel.js";
import { until } from "./testing/fleet.js";
import { loadDuring } from "./testing/load.js";
import { valuesOf } from "./testing/outcomes.js";
import { PolicyService } from "./testing/policy-contract.js";

/** Starting a process takes a second or two of computing, and a busy machine long for that. */
const STARTS_MS = 120_000;

const script = new URL("./testing/restarted-process.ts", import.meta.url);

interface Instance {
  readonly port: number;
  readonly process: SourceProcess;
}

const running = new Set<SourceProcess>();
let channel: Channel | undefined;

afterEach(async () => {
  channel?.close();
  await Promise.all([...running].map((process) => process.kill()));
});

async function start(port: number): Promise<Instance> {
  // Generated code has enums, which Node only takes where it may transform types.
  const env = { NODE_OPTIONS: "--experimental-transform-types --disable-warning=ExperimentalWarning" };
  const process = spawnSource(script, { args: [String(port)], env });
  running.add(process);
  const line = await process.line(/^port \d+$/);
  return { port: Number(line.slice("port ".length)), process };
}

async function restart({ port, process }: Instance): Promise<Instance> {
  await process.kill("SIGTERM");
  running.delete(process);
  return start(port);
}

describe("SIGTERM of one process after the other, under a steady load", () => {
  it(
    "loses no call with effects and no stream, with retries off",
    async () => {
      const instances = await Promise.all([lastingPort().then(start), lastingPort().then(start)]);
      const url = `static:${instances.map(({ port }) => `127.0.0.1:${port}`).join()}`;
      const opened = createChannel({ targets: { "test.policy.v1": { url, audience: "played" } } });
      channel = opened;
      const client = opened.client(PolicyService);
      const allReady = () =>
        until(() =>
          opened.snapshot().callees[0]?.endpoints.every(({ connection }) => connection === "ready"),
        );
      await client.act({});
      await allReady();
      const roll = async () => {
        for (const instance of instances) {
          await restart(instance);
          await allReady();
        }
      };
      const rolling = roll();
      const stream = async () => ({ value: (await valuesOf(client.watch({ value: "x" }))).join("") });
      const [calls, streams] = await Promise.all([
        loadDuring(rolling, () => client.act({ value: "x" }), 2),
        loadDuring(rolling, stream, 2),
      ]);
      await rolling;
      expect([...calls.errors, ...streams.errors]).toEqual([]);
      expect([[...calls.answers.keys()], [...streams.answers.keys()]]).toEqual([["x"], ["xxx"]]);
      expect(Math.min(calls.calls, streams.calls)).toBeGreaterThan(80);
    },
    STARTS_MS,
  );
});
