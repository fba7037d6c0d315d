import { seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { HeaderListTooLargeError, HpackDecoder } from "./decoder.js";
import { type EncodedField, HpackEncoder, type Representation } from "./encoder.js";
import { HpackError } from "./errors.js";
import { huffmanDecode, huffmanEncode, huffmanLength } from "./huffman.js";

const limits = { maxTableSize: 4096, maxListSize: 65_536, maxFields: 100 };
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const decode = (decoder: HpackDecoder, bytes: Buffer) => decoder.decode(bytes, 0, bytes.length).fields;

/** RFC 7541, appendix C.4: three requests on one connection, Huffman coded. */
const requests = [
  { bytes: "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", last: [":authority", "www.example.com"] },
  { bytes: "8286 84be 5886 a8eb 1064 9cbf", last: ["cache-control", "no-cache"] },
  {
    bytes: "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    last: ["custom-key", "custom-value"],
  },
];

/** RFC 7541, appendix C.6: three responses, Huffman coded, in a table of 256 bytes that overflows. */
const responses = [
  "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
  "4883 640e ffc1 c0bf",
  "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
];

describe("HpackDecoder", () => {
  it("decodes the requests of RFC 7541, appendix C.4", () => {
    const decoder = new HpackDecoder(limits);
    for (const { bytes, last } of requests) expect(decode(decoder, hex(bytes)).slice(-2)).toEqual(last);
  });

  it("decodes the responses of RFC 7541, appendix C.6, evicting what does not fit", () => {
    const decoder = new HpackDecoder({ ...limits, maxTableSize: 256 });
    const [first, second, third] = responses.map((bytes) => decode(decoder, hex(bytes)));
    expect(first).toEqual([
      ":status",
      "302",
      "cache-control",
      "private",
      "date",
      "Mon, 21 Oct 2013 20:13:21 GMT",
      "location",
      "https://www.example.com",
    ]);
    expect(second?.slice(0, 2)).toEqual([":status", "307"]);
    expect(third?.slice(-2)).toEqual([
      "set-cookie",
      "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
    ]);
  });

  it("answers the same object for bytes that come again and again, until a table changes", () => {
    const decoder = new HpackDecoder(limits);
    const bytes = hex("82 86 84");
    decoder.decode(bytes, 0, 3);
    const known = decoder.decode(bytes, 0, 3);
    expect(decoder.decode(Buffer.from(bytes), 0, 3)).toBe(known);
    decode(decoder, hex("40 01 61 01 62"));
    expect(decoder.decode(bytes, 0, 3)).not.toBe(known);
    expect(decode(decoder, bytes)).toEqual(known.fields);
  });

  it("means what the tables say, whether blocks come again or not", async () => {
    const random = seededRandom();
    await random.reporting(() => {
      const [encoder, decoder] = [new HpackEncoder(400), new HpackDecoder(limits)];
      for (let round = 0; round < 5_000; round += 1) {
        const fields = Array.from({ length: random.integer(1, 4) }, () => ({
          name: random.pick(["a", "b", "accept", ":path"]),
          value: "v".repeat(random.integer(0, 3)) + random.integer(0, 5),
          representation: random.next() < 0.05 ? ("index" as const) : ("literal" as const),
        }));
        expect(decode(decoder, encoder.encode(fields))).toEqual(
          fields.flatMap(({ name, value }) => [name, value]),
        );
      }
    });
  });

  it.each([
    ["an index that nobody has", "ff 80 7f"],
    ["index 0", "80"],
    ["a string that is longer than the block", "40 7f 61"],
    ["an integer without end", "ff ff ff ff ff ff ff ff ff ff 01"],
    ["a size update after a field", "82 3f e1 1f"],
    ["a size update above the limit", "3f e1 3f"],
    ["Huffman padding of zeros", "00 81 00 01 61"],
    ["a Huffman coded end of string", "00 84 ff ff ff ff 01 61"],
    ["padding of eight ones", "00 82 1f ff 01 61"],
    ["half a field", "40"],
  ])("refuses %s", (_what, bytes) => {
    expect(() => decode(new HpackDecoder(limits), hex(bytes))).toThrow(HpackError);
  });

  it("refuses a list that is too large, and still knows what it made the table hold", () => {
    const decoder = new HpackDecoder({ ...limits, maxFields: 2 });
    expect(() => decode(decoder, hex("82 86 84 40 01 61 01 62"))).toThrow(HeaderListTooLargeError);
    expect(decode(decoder, hex("be"))).toEqual(["a", "b"]);
  });
});

describe("HpackEncoder", () => {
  const fields = (representation: Representation): EncodedField[] => [
    { name: ":method", value: "POST" },
    { name: ":path", value: "/shop.buy.v1.OrderService/PlaceOrder", representation },
    { name: "content-type", value: "application/grpc", representation },
    { name: "x-binary", value: "\u00ff\u0000\u0080", representation },
  ];
  const flat = (list: readonly EncodedField[]) => list.flatMap(({ name, value }) => [name, value]);

  it.each(["index", "literal", "never"] as const)(
    "is understood when it sends fields as %s",
    (representation) => {
      const [encoder, decoder] = [new HpackEncoder(4096), new HpackDecoder(limits)];
      for (let round = 0; round < 3; round += 1) {
        expect(decode(decoder, encoder.encode(fields(representation)))).toEqual(flat(fields(representation)));
      }
    },
  );

  it("sends a field that the peer remembers as one byte, and says when remembered bytes lose their meaning", () => {
    const encoder = new HpackEncoder(4096);
    const before = encoder.generation;
    encoder.encode(fields("index"));
    expect(encoder.generation).not.toBe(before);
    expect(encoder.encode(fields("index"))).toHaveLength(4);
  });

  it("announces a table that shrank and grew again before it was used", () => {
    const [encoder, decoder] = [new HpackEncoder(4096), new HpackDecoder(limits)];
    decode(decoder, encoder.encode(fields("index")));
    encoder.resize(0);
    encoder.resize(1024);
    expect(encoder.mustAnnounceSize).toBe(true);
    const block = Buffer.concat([encoder.takeSizeUpdates(), encoder.encode(fields("index"))]);
    expect(decode(decoder, block)).toEqual(flat(fields("index")));
    expect(encoder.mustAnnounceSize).toBe(false);
  });

  it("keeps its generation when the peer's table is too small to remember anything", () => {
    const encoder = new HpackEncoder(0);
    const before = encoder.generation;
    encoder.encode(fields("index"));
    expect(encoder.generation).toBe(before);
  });
});

describe("Huffman coding", () => {
  it("brings back every byte", () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("latin1");
    for (const text of [all, all.repeat(50), "0".repeat(10_000), ""]) {
      const target = Buffer.alloc(huffmanLength(text));
      expect(huffmanEncode(text, target, 0)).toBe(target.length);
      expect(huffmanDecode(target, 0, target.length)).toBe(text);
    }
  });
});
