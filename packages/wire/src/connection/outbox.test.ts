import { describe, expect, it } from "@jest/globals";
import { MemorySocket } from "../testing/memory-socket.js";
import { Outbox } from "./outbox.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("Outbox", () => {
  it("writes what is short at the end of the turn, all at once", async () => {
    const socket = new MemorySocket();
    const outbox = new Outbox(socket, () => {});
    outbox.push(Buffer.alloc(100));
    outbox.push(Buffer.alloc(200));
    expect([socket.writtenBytes, outbox.pendingBytes]).toEqual([0, 300]);
    await turn();
    expect([socket.writtenBytes, outbox.pendingBytes]).toEqual([300, 0]);
  });

  it("writes what is long at once, and takes no more DATA than a turn may collect", async () => {
    const socket = new MemorySocket({ highWaterMark: 1_000_000 });
    let emptied = 0;
    const outbox = new Outbox(socket, () => {
      emptied += 1;
    });
    outbox.push(Buffer.alloc(16));
    outbox.push(Buffer.alloc(70_000));
    expect([socket.writtenBytes, outbox.full]).toEqual([70_016, false]);
    outbox.push(Buffer.alloc(70_000));
    expect([socket.writtenBytes, outbox.full, emptied]).toEqual([140_016, true, 0]);
    await turn();
    expect([outbox.full, emptied]).toEqual([false, 1]);
  });
});
