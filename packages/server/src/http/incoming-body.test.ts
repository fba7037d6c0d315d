import type { Stream } from "@charter/wire";
import { describe, expect, it } from "@jest/globals";
import { collect } from "../testing/collect.js";
import { IncomingBody } from "./incoming-body.js";

/** A body, and how much of it the peer was told to be used. */
function bodyOf() {
  const used = { bytes: 0 };
  const stream = {
    consumed(bytes: number) {
      used.bytes += bytes;
    },
  } as Stream;
  return { body: new IncomingBody(stream, false), used };
}

const textOf = (pieces: Uint8Array[]) => Buffer.concat(pieces).toString();

describe("IncomingBody", () => {
  it("tells the peer to send on only as pieces are asked for", async () => {
    const { body, used } = bodyOf();
    body.push(Buffer.from("abc"));
    body.push(Buffer.from("de"));
    expect(used.bytes).toBe(0);
    await body.next();
    expect(used.bytes).toBe(3);
    await body.next();
    expect(used.bytes).toBe(5);
  });

  it("gives a piece to who already waits for it, and the end too", async () => {
    const { body, used } = bodyOf();
    const first = body.next();
    body.push(Buffer.from("a"));
    expect((await first).value).toEqual(Buffer.from("a"));
    expect(used.bytes).toBe(1);
    const second = body.next();
    body.end();
    expect((await second).done).toBe(true);
  });

  it("keeps thousands of tiny pieces in order and in few objects", async () => {
    const { body, used } = bodyOf();
    const text = "0123456789".repeat(500);
    for (const letter of text) body.push(Buffer.from(letter));
    body.end();
    const pieces = await collect(body);
    expect(textOf(pieces)).toBe(text);
    expect(pieces.length).toBeLessThanOrEqual(64);
    expect(used.bytes).toBe(text.length);
  });

  it("keeps a full frame as it is, and of a smaller one no more than its bytes", async () => {
    const { body } = bodyOf();
    const chunk = Buffer.allocUnsafeSlow(65_536).fill("x");
    body.push(chunk.subarray(0, 16_384));
    body.push(chunk.subarray(16_384, 16_484));
    const [frame, few] = [(await body.next()).value, (await body.next()).value];
    expect(frame?.buffer).toBe(chunk.buffer);
    expect(few?.buffer.byteLength).toBe(100);
    expect(few).toEqual(chunk.subarray(16_384, 16_484));
  });

  it("fails after what has come, where the rest never will", async () => {
    const { body } = bodyOf();
    body.push(Buffer.from("a"));
    body.fail(new Error("gone"));
    expect((await body.next()).done).toBe(false);
    await expect(body.next()).rejects.toThrow("gone");
  });

  it("is complete whatever happens to the stream after its end", async () => {
    const { body } = bodyOf();
    body.end();
    body.fail(new Error("gone"));
    expect((await body.next()).done).toBe(true);
  });
});
