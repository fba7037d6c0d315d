import { connect } from "node:net";
import { type SeededRandom, seededRandom } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";
import { wires } from "../testing/wires.js";

const CONNECTIONS = 300;

describe.each(wires)("on the wire %s", (wire) => {
  let shelf: StartedShelf;
  beforeAll(async () => {
    shelf = await startShelf({ wire });
  });
  afterAll(() => shelf.stop());

  /** Sends bytes and lets go; what is answered does not matter. */
  function throwAt(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(shelf.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.on("close", () => resolve());
      socket.resume();
      socket.end(bytes);
    });
  }

  const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const request = Buffer.from(
    'POST /charter.testing.v1.ShelfService/Echo HTTP/1.1\r\nHost: a\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"text": "a"}',
  );

  const noise = (random: SeededRandom, most: number) =>
    Buffer.from(Array.from({ length: random.integer(1, most) }, () => random.integer(0, 255)));

  /** A frame of HTTP/2 with a sound head and noise for the rest. */
  function frame(random: SeededRandom): Buffer {
    const payload = noise(random, 64);
    const head = Buffer.from([
      0,
      0,
      payload.length,
      random.integer(0, 10),
      random.integer(0, 255),
      0,
      0,
      0,
      random.integer(0, 5),
    ]);
    return Buffer.concat([head, payload]);
  }

  function damaged(random: SeededRandom, bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    for (let count = random.integer(1, 5); count > 0; count -= 1) {
      copy[random.integer(0, copy.length - 1)] = random.integer(0, 255);
    }
    return copy;
  }

  const attacks: Record<string, (random: SeededRandom) => Buffer> = {
    noise: (random) => noise(random, 200),
    "noise after the preface of HTTP/2": (random) => Buffer.concat([preface, noise(random, 200)]),
    "frames of HTTP/2 that make no sense": (random) =>
      Buffer.concat([preface, settings, ...Array.from({ length: 5 }, () => frame(random))]),
    "damaged requests of HTTP/1.1": (random) => damaged(random, request),
    "requests of HTTP/1.1 that break off": (random) =>
      request.subarray(0, random.integer(1, request.length - 1)),
  };

  describe("a server lives on after", () => {
    it.each(Object.entries(attacks))("%s", async (_, attack) => {
      const random = seededRandom();
      await random.reporting(async () => {
        // All at once: whoever breaks the protocol waits for the next connection.
        await Promise.all(Array.from({ length: CONNECTIONS }, () => throwAt(attack(random))));
        expect((await fetch(`${shelf.url}/livez`)).status).toBe(200);
      });
    });

    it("and has logged nothing as a fault of its own", () => {
      expect(shelf.lines.filter((it) => it.level === "error")).toEqual([]);
    });
  });
});
