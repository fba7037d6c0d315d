import { ChassisError, chassisError, type Handlers } from "@charter/server";
import { type Clock, systemClock } from "@charter/time";
import type { Client } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Channel, createChannel } from "./channel.js";
import { type CharterServer, startCharterServer } from "./testing/charter-server.js";
import { load } from "./testing/load.js";
import { PolicyService } from "./testing/policy-contract.js";

const OFFERED = 600;
const WORKERS = 8;
const PER_SECOND = 200;

const servers: CharterServer[] = [];
const channels: Channel[] = [];

afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await Promise.all(servers.splice(0).map((server) => server.drain(0)));
});

async function serve(patient: Handlers<typeof PolicyService>["patient"]): Promise<string> {
  const server = await startCharterServer({ patient });
  servers.push(server);
  return server.url;
}

describe("a chain of three services whose last one always fails", () => {
  it("meets at most 1.3 attempts for each call that is offered, whatever each hop may retry", async () => {
    let offered = 0;
    let attempts = 0;
    // Budgets refill by time: to them, calls come at an even rate however busy the machine is.
    const clock: Clock = { ...systemClock, monotonicMs: () => (offered / PER_SECOND) * 1_000 };
    const call = (url: string): Client<typeof PolicyService> => {
      const channel = createChannel({ targets: { "test.policy.v1": { url, audience: "played" } }, clock });
      channels.push(channel);
      return channel.client(PolicyService);
    };
    const last = await serve(async () => {
      attempts += 1;
      throw chassisError(ChassisError.DRAINING, { message: "always" });
    });
    const toLast = call(last);
    const toMiddle = call(await serve((request) => toLast.patient(request)));
    const toFirst = call(await serve((request) => toMiddle.patient(request)));
    const report = await load(
      () => {
        offered += 1;
        return toFirst.patient({ value: "x" });
      },
      { calls: OFFERED, workers: WORKERS },
    );
    expect(report.errors).toHaveLength(OFFERED);
    // All that the budget of the hop next to the fault pays for is used, and nothing beyond it.
    expect(attempts).toBeGreaterThan(1.2 * OFFERED);
    expect(attempts).toBeLessThanOrEqual(1.3 * OFFERED);
  });
});
