import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { collect } from "../testing/collect.js";
import { from } from "../testing/fake-call.js";
import { requestCompression } from "./compression.js";
import { COMPRESSED, envelope, readEnvelopes } from "./envelope.js";

const END = 0b10;
const gzip = requestCompression("gzip");
const bytes = (text: string) => Buffer.from(text);

async function read(chunks: Uint8Array[], maxBytes = 100): Promise<string[]> {
  const messages = await collect(readEnvelopes(from(chunks), gzip, maxBytes, END));
  return messages.map((it) => Buffer.from(it).toString());
}

describe("readEnvelopes", () => {
  const body = Buffer.concat([
    envelope(0, bytes("one")),
    envelope(0, bytes("")),
    envelope(0, bytes("three")),
  ]);

  it("finds the same messages however the body is cut", async () => {
    for (let size = 1; size <= body.byteLength; size += 1) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < body.byteLength; at += size) chunks.push(body.subarray(at, at + size));
      expect(await read(chunks)).toEqual(["one", "", "three"]);
    }
  });

  it("decompresses what is marked, and skips the end mark", async () => {
    const chunks = [
      envelope(COMPRESSED, gzipSync("zipped")),
      envelope(0, bytes("plain")),
      envelope(END, bytes("{}")),
    ];
    expect(await read(chunks)).toEqual(["zipped", "plain"]);
  });

  it.each([
    [
      "a message over its cap, before it is there",
      [bytes("\u0000\u0000\u0000\u0000\u0065")],
      "REQUEST_TOO_LARGE",
    ],
    [
      "a message over its cap once decompressed",
      [envelope(COMPRESSED, gzipSync(Buffer.alloc(101)))],
      "REQUEST_TOO_LARGE",
    ],
    ["a body that ends within a message", [body.subarray(0, -1)], "REQUEST_MALFORMED"],
    ["a body that ends within a head", [body.subarray(0, 3)], "REQUEST_MALFORMED"],
    ["damaged compression", [envelope(COMPRESSED, bytes("damaged"))], "REQUEST_MALFORMED"],
  ])("refuses %s", async (_, chunks, reason) => {
    await expect(read(chunks)).rejects.toMatchObject({ reason });
  });

  it("refuses compression that no header named", async () => {
    const compressed = from([envelope(COMPRESSED, gzipSync("a"))]);
    await expect(collect(readEnvelopes(compressed, undefined, 100, END))).rejects.toMatchObject({
      reason: "INTERNAL",
    });
  });
});

describe("requestCompression", () => {
  it.each([null, "", "identity"])("takes %j for none", (name) => {
    expect(requestCompression(name)).toBeUndefined();
  });

  it.each(["gzip", "br"])("reads back what %s wrote, and no more than its cap", async (name) => {
    const compression = requestCompression(name);
    const small = await compression?.compress(bytes("a".repeat(1_000)));
    await expect(compression?.decompress(small ?? bytes(""), 1_000)).resolves.toHaveLength(1_000);
    await expect(compression?.decompress(small ?? bytes(""), 999)).rejects.toMatchObject({
      reason: "REQUEST_TOO_LARGE",
    });
  });

  it("refuses what it does not read, and names what it does", () => {
    expect(() => requestCompression("zstd")).toThrow(
      expect.objectContaining({ reason: "COMPRESSION_UNKNOWN" }),
    );
  });
});
