import { seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { HpackDecoder } from "../hpack/decoder.js";
import { HpackEncoder } from "../hpack/encoder.js";
import { templateOf } from "../testing/wire-client.js";

describe("RequestTemplate", () => {
  it("encodes what requests share once, and again when the table has changed", () => {
    const template = templateOf("/shared");
    const encoder = new HpackEncoder(4_096);
    const blocks = Array.from({ length: 4 }, () => template.encode(encoder, []));
    expect(blocks[1]?.length).toBeLessThan(blocks[0]?.length ?? 0);
    expect(blocks[3]).toBe(blocks[2]);
    encoder.encode([{ name: "x-other", value: "1", representation: "index" }]);
    expect(template.encode(encoder, [])).not.toBe(blocks[3]);
  });

  it("says what each request says, whichever of its fields are as they were before", async () => {
    const random = seededRandom();
    await random.reporting(async () => {
      const template = templateOf("/shared");
      const encoder = new HpackEncoder(300);
      const decoder = new HpackDecoder({ maxTableSize: 4_096, maxListSize: 10_000, maxFields: 100 });
      const kinds = ["index", "literal", "literal", "literal", "never"] as const;
      for (let round = 0; round < 500; round += 1) {
        const extra = Array.from({ length: random.integer(0, 4) }, (_, index) => ({
          name: `x-${random.integer(0, 1) === 0 ? index : "any"}`,
          value: "v".repeat(random.integer(1, 3)),
          representation: kinds[random.integer(0, 4)] ?? "literal",
        }));
        const block = template.encode(encoder, extra);
        const { fields } = decoder.decode(block, 0, block.length);
        expect(fields.slice(10)).toEqual(extra.flatMap(({ name, value }) => [name, value]));
      }
    });
  });

  it("means the same at every request, on several connections, whatever was encoded between", () => {
    const template = templateOf("/shared");
    const ends = [0, 100, 4_096].map((size) => ({
      encoder: new HpackEncoder(size),
      decoder: new HpackDecoder({ maxTableSize: 4_096, maxListSize: 10_000, maxFields: 100 }),
    }));
    for (let round = 0; round < 30; round += 1) {
      for (const { encoder, decoder } of ends) {
        const extra = { name: "x-round", value: String(round), representation: "index" as const };
        const block = template.encode(encoder, round % 3 === 0 ? [extra] : []);
        const { fields } = decoder.decode(block, 0, block.length);
        expect(fields.slice(4, 6)).toEqual([":path", "/shared"]);
        expect(fields.slice(10)).toEqual(round % 3 === 0 ? ["x-round", String(round)] : []);
      }
    }
  });
});
