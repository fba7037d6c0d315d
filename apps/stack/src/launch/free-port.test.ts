import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { assertPortFree } from "./free-port.js";

let occupant: Server | undefined;
afterEach(() => {
  occupant?.close();
  occupant = undefined;
});

function occupy(): Promise<number> {
  const server = createServer();
  occupant = server;
  return new Promise((resolve) => {
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}

describe("assertPortFree", () => {
  it("names a taken port and the setting that moves it, in one sentence", async () => {
    const port = await occupy();
    await expect(assertPortFree("buy", "127.0.0.1", port)).rejects.toThrow(
      `Port ${port} for buy is taken: set CHARTER_PORT_BUY to another one`,
    );
  });

  it("leaves a free port free", async () => {
    const port = await occupy();
    await new Promise((resolve) => occupant?.close(resolve));
    await expect(assertPortFree("buy", "127.0.0.1", port)).resolves.toBeUndefined();
    await expect(assertPortFree("buy", "127.0.0.1", port)).resolves.toBeUndefined();
  });

  it("says so when the address is not this machine's", async () => {
    await expect(assertPortFree("user", "192.0.2.1", 8081)).rejects.toThrow(
      /Port 8081 for user cannot be used on 192\.0\.2\.1/,
    );
  });
});
