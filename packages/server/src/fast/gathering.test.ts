import { seededRandom } from "@charter/testing";
import type { Stream } from "@charter/wire";
import { describe, expect, it } from "@jest/globals";
import { Gathering } from "./gathering.js";

/** A stream that is only told what was used. */
function streamThat() {
  const used = { bytes: 0 };
  const stream = { consumed: (bytes: number) => (used.bytes += bytes) } as unknown as Stream;
  return { stream, used };
}

describe("Gathering", () => {
  it("gives the whole body, whenever somebody begins to wait and however it is cut", async () => {
    const random = seededRandom();
    await random.reporting(async () => {
      for (let times = 0; times < 100; times += 1) {
        const body = Buffer.from(
          Array.from({ length: random.integer(2, 3_000) }, () => random.integer(0, 255)),
        );
        const { stream, used } = streamThat();
        const gathering = new Gathering(stream, body.length);
        const waitsFrom = random.integer(0, body.length);
        let whole: Promise<Buffer | undefined> | undefined;
        for (let at = 0; at < body.length; ) {
          if (at >= waitsFrom) whole ??= gathering.whole();
          const piece = Buffer.from(body.subarray(at, at + random.integer(1, random.integer(1, 900))));
          at += piece.length;
          gathering.push(piece);
          // What is copied may change.
          if (gathering.hasCopies) piece.fill(0);
        }
        gathering.end();
        whole ??= gathering.whole();
        expect((await whole)?.equals(body)).toBe(true);
        expect(used.bytes).toBe(body.length);
      }
    });
  });

  it("makes no room for what is only announced", () => {
    const gathering = new Gathering(streamThat().stream, 80_000);
    gathering.push(Buffer.alloc(20_000));
    expect(gathering.hasCopies).toBe(false);
    const early = new Gathering(streamThat().stream, 80_000);
    early.whole();
    early.push(Buffer.alloc(9_999));
    expect(early.hasCopies).toBe(false);
    early.push(Buffer.alloc(1));
    expect(early.hasCopies).toBe(true);
  });

  it("has what came of a body that ends too soon, or is another", async () => {
    const { stream } = streamThat();
    const gathering = new Gathering(stream, 100);
    const whole = gathering.whole();
    gathering.push(Buffer.alloc(60, 7));
    expect(gathering.takes(41)).toBe(false);
    expect(gathering.join().equals(Buffer.alloc(60, 7))).toBe(true);
    gathering.end();
    expect(await whole).toBeUndefined();
  });
});
