import { type Certified, createAuthority } from "@charter/testing";
import { Code } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { Channel, ChannelOptions } from "./channel.js";
import { type CharterServer, startCharterServer } from "./testing/charter-server.js";
import { createChannel, onEachWire } from "./testing/on-each-wire.js";
import { failureOf } from "./testing/outcomes.js";
import { PolicyService } from "./testing/policy-contract.js";

const authority = createAuthority();
const callers = createAuthority("Callers");
const keys = authority.issue(["127.0.0.1"]);
const caller = callers.issue(["buy"]);

let server: CharterServer;
const channels: Channel[] = [];

afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await server.drain(0);
});

async function start(tls: Certified & { readonly ca?: string } = keys) {
  server = await startCharterServer({ read: async ({ value }) => ({ value }) }, 0, { tls });
}

function call(tls: ChannelOptions["tls"], url: string = server.url): Promise<string> {
  const channel = createChannel({
    targets: { "test.policy": { url, audience: "played" } },
    ...(tls && { tls }),
  });
  channels.push(channel);
  return channel
    .client(PolicyService)
    .read({ value: "hello" })
    .then(({ value }) => value);
}

onEachWire(() => {
  describe("a channel over TLS", () => {
    it("calls a server whose authority it trusts", async () => {
      await start();
      expect(await call({ ca: authority.cert })).toBe("hello");
    });

    it.each([
      ["an authority that it does not know", { ca: callers.cert }, "127.0.0.1", /CERT|certificate/],
      ["a certificate for another name", { ca: authority.cert }, "localhost", /altnames/],
    ])("does not call a server that shows %s", async (_what, tls, host, cause) => {
      await start();
      const failure = await failureOf(call(tls, `https://${host}:${server.port}`));
      expect(failure).toMatchObject({ code: Code.Unavailable });
      expect(String(failure.cause)).toMatch(cause);
    });

    it("shows its own certificate to a server that asks for one", async () => {
      await start({ ...keys, ca: callers.cert });
      expect(await call({ ca: authority.cert, ...caller })).toBe("hello");
      expect(await failureOf(call({ ca: authority.cert }))).toMatchObject({ code: Code.Unavailable });
    });
  });
});
