import { type SourceProcess, spawnSource } from "@charter/testing";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Channel, createChannel } from "./channel.js";
import { until } from "./testing/fleet.js";
import { load } from "./testing/load.js";
import { valuesOf } from "./testing/outcomes.js";
import { PolicyService } from "./testing/policy-contract.js";
import { isOverload } from "./throttle/is-overload.js";

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

async function start(port = 0): Promise<Instance> {
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
  it("loses no call with effects and no stream, with retries off", async () => {
    const instances = await Promise.all([start(), start()]);
    const url = `static:${instances.map(({ port }) => `127.0.0.1:${port}`).join()}`;
    const opened = createChannel({ targets: { "test.policy.v1": { url, audience: "played" } } });
    channel = opened;
    const client = opened.client(PolicyService);
    const allReady = () =>
      until(() => opened.snapshot().callees[0]?.endpoints.every(({ connection }) => connection === "ready"));
    await client.act({});
    await allReady();
    let over = false;
    const whileRolling = async (call: () => Promise<{ value: string }>) => {
      const reports = [];
      while (!over) reports.push(await load(call, { calls: 20, workers: 2 }));
      return {
        calls: reports.reduce((sum, { calls }) => sum + calls, 0),
        // Processes that share a busy machine may find themselves overloaded; that is no call lost to a restart.
        errors: reports.flatMap(({ errors }) => errors).filter((error) => !isOverload(error)),
        answers: [...new Set(reports.flatMap(({ answers }) => [...answers.keys()]))],
      };
    };
    const loads = Promise.all([
      whileRolling(() => client.act({ value: "x" })),
      whileRolling(async () => ({ value: (await valuesOf(client.watch({ value: "x" }))).join("") })),
    ]);
    for (const instance of instances) {
      await restart(instance);
      await allReady();
    }
    over = true;
    const [calls, streams] = await loads;
    expect(calls).toEqual({ calls: calls.calls, errors: [], answers: ["x"] });
    expect(streams).toEqual({ calls: streams.calls, errors: [], answers: ["xxx"] });
    expect(Math.min(calls.calls, streams.calls)).toBeGreaterThan(80);
  });
});
