import type { Client } from "@connectrpc/connect";
import type { Channel, ChannelOptions } from "../channel.js";
import { createChannel } from "./on-each-wire.js";
import { type Instance, type InstanceOptions, startInstance } from "./played-instances.js";
import { PolicyService } from "./policy-contract.js";

/** Some instances of the contract and a channel that calls them. */
export interface Fleet {
  readonly instances: readonly Instance[];
  readonly channel: Channel;
  readonly client: Client<typeof PolicyService>;
  /** Calls that reached a handler of any instance, by method name. */
  seen(method: string): number;
  stop(): Promise<void>;
}

/** Starts `count` instances and waits until the channel is connected to all of them. */
export async function startFleet(
  count: number,
  options: Partial<ChannelOptions> = {},
  instanceOptions: InstanceOptions = {},
): Promise<Fleet> {
  const instances = await Promise.all(Array.from({ length: count }, () => startInstance(instanceOptions)));
  const url = `static:${instances.map((it) => new URL(it.url).host).join()}`;
  const channel = createChannel({ targets: { "test.policy.v1": { url, audience: "played" } }, ...options });
  const client = channel.client(PolicyService);
  await client.inTurn({});
  await until(() => channel.snapshot().callees[0]?.endpoints.every((it) => it.connection === "ready"));
  for (const { seen } of instances) seen.clear();
  return {
    instances,
    channel,
    client,
    seen: (method) => instances.reduce((sum, { seen }) => sum + (seen.get(method) ?? 0), 0),
    async stop() {
      channel.close();
      await Promise.all(instances.map((instance) => instance.stop()));
    },
  };
}

const UNTIL_MS = 20_000;

/** Resolves as soon as the condition holds; throws when it does not within twenty seconds. */
export async function until(condition: () => boolean | undefined): Promise<void> {
  const endMs = performance.now() + UNTIL_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`this never came true: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
