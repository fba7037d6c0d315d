import { afterAll, beforeAll, describe } from "@jest/globals";
import { type Channel, type ChannelOptions, createChannel as createRealChannel } from "../channel.js";

type Wire = NonNullable<ChannelOptions["wire"]>;

/** Undefined outside of such suites: the wire that a channel has by default. */
let current: Wire | undefined;

/** Runs a suite once on each wire: the channels that it opens by the function below are on that wire. */
export function onEachWire(suite: (wire: Wire) => void): void {
  describe.each(["node", "charter"] as const)("on the wire %s", (wire) => {
    beforeAll(() => {
      current = wire;
    });
    afterAll(() => {
      current = undefined;
    });
    suite(wire);
  });
}

/** `createChannel` on the wire of the suite that runs. */
export function createChannel(options: ChannelOptions): Channel {
  return createRealChannel({ ...(current && { wire: current }), ...options });
}
