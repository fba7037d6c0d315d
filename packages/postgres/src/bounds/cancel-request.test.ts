import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { cancelRequest } from "./cancel-request.js";

describe("cancelRequest", () => {
  const server = createServer({ allowHalfOpen: true });
  let clock = new ManualClock();
  let port = 0;

  beforeEach(async () => {
    clock = new ManualClock();
    await once(server.listen(0, "127.0.0.1"), "listening");
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => void server.close());

  const backend = () => ({ host: "127.0.0.1", port, processID: 7, secretKey: -2 });

  it("says which process and by what right, and waits until the server has closed", async () => {
    const connected = once(server, "connection") as Promise<[Socket]>;
    let passedOn = false;
    const request = cancelRequest(backend(), clock, 1_000).then(() => {
      passedOn = true;
    });
    const [socket] = await connected;
    const [message] = (await once(socket, "data")) as [Buffer];
    expect([...message]).toEqual([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 7, 255, 255, 255, 254]);
    expect(passedOn).toBe(false);
    socket.end();
    await request;
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives up on a server that does not take it", async () => {
    const connected = once(server, "connection") as Promise<[Socket]>;
    const request = cancelRequest(backend(), clock, 1_000).catch((error: unknown) => error);
    const [socket] = await connected;
    await clock.advance(1_000);
    expect(await request).toMatchObject({ message: "the server took no cancel request" });
    socket.destroy();
  });
});
