import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { PortTakenError } from "../index.js";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";
import { wires } from "../testing/wires.js";
import { FIRST_BYTES_MS, MAX_HEADER_BYTES } from "./bounds.js";

describe.each(wires)("on the wire %s", (wire) => {
  let clock: ManualClock;
  let shelf: StartedShelf;
  beforeEach(async () => {
    clock = new ManualClock();
    shelf = await startShelf({ wire, clock });
  });
  afterEach(async () => {
    const stopped = shelf.stop();
    await clock.advance(10_000);
    await stopped;
  });

  async function dial(): Promise<Socket> {
    const socket = connect(shelf.port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  }

  const textOf = async (socket: Socket) => Buffer.concat(await socket.toArray()).toString();

  describe("one port", () => {
    it("tells PRI from POST although both come one byte at a time", async () => {
      const socket = await dial();
      for (const byte of "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") {
        await new Promise((resolve) => socket.write(byte, resolve));
      }
      expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 404 /);
    });

    it("gives up a connection that says nothing", async () => {
      const socket = await dial();
      await clock.timersPending(1);
      await clock.advance(FIRST_BYTES_MS);
      expect(await textOf(socket)).toBe("");
    });

    it("forgets a connection that ends before it has said anything", async () => {
      const socket = await dial();
      await clock.timersPending(1);
      socket.end("G");
      expect(await textOf(socket)).toBe("");
      expect(clock.pendingTimers).toBe(0);
    });

    it("refuses headers beyond their bound, and serves the next request", async () => {
      const socket = await dial();
      socket.end(`GET /livez HTTP/1.1\r\nHost: a\r\nx-long: ${"a".repeat(MAX_HEADER_BYTES)}\r\n\r\n`);
      expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 431 /);
      expect((await fetch(`${shelf.url}/livez`)).status).toBe(200);
    });

    it("refuses headers beyond their bound over HTTP/2, and serves the next request", async () => {
      const session = connectHttp2(shelf.url);
      const long = { "x-long": "a".repeat(MAX_HEADER_BYTES) };
      const [refused] = await once(session.request({ ":path": "/livez", ...long }), "response");
      expect(refused[":status"]).toBe(431);
      const [answered] = await once(session.request({ ":path": "/livez" }), "response");
      expect(answered[":status"]).toBe(200);
      session.destroy();
    });

    it("gives what speaks no HTTP no answer", async () => {
      const socket = await dial();
      socket.write("INVALID CONNECTION PREFACE\r\n\r\n");
      expect(await textOf(socket)).toBe("");
    });

    it("does not upgrade", async () => {
      const socket = await dial();
      socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      expect(await textOf(socket)).toBe("");
    });

    it("says which port is taken", async () => {
      const listening = startShelf({ wire }, shelf.port);
      await expect(listening).rejects.toMatchObject({ name: "PortTakenError", port: shelf.port });
      await expect(listening).rejects.toBeInstanceOf(PortTakenError);
    });
  });
});
