import net from "node:net";
import { describe, expect, it } from "@jest/globals";
import { MemorySocket } from "../testing/memory-socket.js";
import { closeSession, nodeCall, nodeClient } from "../testing/node-client.js";
import { pattern } from "../testing/pattern.js";
import { serve } from "../testing/serve.js";
import { ChunkMemory } from "./chunk-memory.js";
import type { StreamReceiver } from "./stream.js";

const LONG = 40_000;
const chunkOf = (length: number) => Buffer.allocUnsafeSlow(length);

describe("ChunkMemory", () => {
  it("gives back a long chunk of which nothing was kept", () => {
    const memory = new ChunkMemory(new net.Socket());
    const chunk = chunkOf(LONG);
    for (let piece = 0; piece < 3; piece += 1) {
      memory.passOn();
      memory.copied();
    }
    memory.taken(chunk);
    expect(chunk).toHaveLength(0);
  });

  it.each([
    ["a piece of it was kept", LONG, 2, 1],
    ["none of it went to a receiver", LONG, 0, 0],
    ["it is short", 1_000, 1, 1],
  ])("leaves a chunk where %s", (_why, length, passedOn, copied) => {
    const memory = new ChunkMemory(new net.Socket());
    const chunk = chunkOf(length);
    for (let piece = 0; piece < passedOn; piece += 1) memory.passOn();
    for (let piece = 0; piece < copied; piece += 1) memory.copied();
    memory.taken(chunk);
    expect(chunk).toHaveLength(length);
  });

  it("leaves memory that is not the socket's alone", () => {
    const part = chunkOf(2 * LONG).subarray(LONG);
    const ofOther = chunkOf(LONG);
    for (const [socket, chunk] of [
      [new net.Socket(), part],
      [new MemorySocket(), ofOther],
    ] as const) {
      const memory = new ChunkMemory(socket);
      memory.passOn();
      memory.copied();
      memory.taken(chunk);
      expect(chunk).toHaveLength(LONG);
    }
  });
});

/** Takes a body piece by piece, of which it copies every one or keeps every second. */
class Taker implements StreamReceiver {
  readonly kept: Buffer[] = [];
  readonly #copiesAll: boolean;
  readonly #copies: Buffer[] = [];
  #count = 0;

  constructor(copiesAll: boolean) {
    this.#copiesAll = copiesAll;
  }

  get body(): Buffer {
    return Buffer.concat(this.#copies);
  }

  data(stream: Parameters<StreamReceiver["data"]>[0], bytes: Buffer): void {
    this.#copies.push(Buffer.from(bytes));
    stream.consumed(bytes.length);
    this.#count += 1;
    if (this.#copiesAll || this.#count % 2 === 0) stream.pieceCopied();
    else this.kept.push(bytes);
  }

  end(stream: Parameters<StreamReceiver["end"]>[0]): void {
    stream.sendData(Buffer.alloc(0), true);
  }

  drained(): void {}
  closed(): void {}
}

describe("a receiver that copies what comes", () => {
  it.each([true, false])(
    "has the whole body, and what it keeps stays (copies all: %s)",
    async (copiesAll) => {
      const takers: Taker[] = [];
      const served = await serve({
        onRequest(stream) {
          const taker = new Taker(copiesAll);
          takers.push(taker);
          stream.sendHeaders(Buffer.of(0x88), false);
          return taker;
        },
      });
      const session = await nodeClient(served.port);
      const body = pattern(1_000_000);
      await Promise.all([1, 2, 3].map(() => nodeCall(session, { path: "/", body: [body] })));
      expect(takers.map((it) => it.body.equals(body))).toEqual([true, true, true]);
      for (const piece of takers.flatMap((it) => it.kept)) expect(piece.length).toBeGreaterThan(0);
      await closeSession(session);
      await served.stop();
    },
  );
});
