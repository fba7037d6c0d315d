import { create, type DescMessage, type Message, toBinary } from "@bufbuild/protobuf";
import {
  AnySchema,
  FileDescriptorSetSchema,
  OptionSchema,
  StringValueSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";
import { CopyResponseSchema } from "@charter/contract/charter/testing/v1/desk_service_pb.js";
import { seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { RandomContract } from "../../testing/random-contract.js";
import { RandomMessage } from "../../testing/random-message.js";
import { RandomValues } from "../../testing/random-values.js";
import { compileWriter } from "./compile-writer.js";
import { encodeBinary } from "./encode-binary.js";

const CONTRACTS = 150;
const MESSAGES = 10;

/** What each of the two gives, or says. */
function both(desc: DescMessage, message: Message) {
  const outcomeOf = (encode: typeof toBinary) => {
    try {
      return Buffer.from(encode(desc, message)).toString("hex");
    } catch (error) {
      return String(error);
    }
  };
  return { ours: outcomeOf(encodeBinary), theirs: outcomeOf(toBinary) };
}

describe("encodeBinary", () => {
  it.each([false, true])("writes what the library writes (with rare values: %s)", (isRare) => {
    const random = seededRandom();
    return random.reporting(() => {
      const values = new RandomValues(random, isRare);
      const contracts = new RandomContract(random, values);
      const messages = new RandomMessage(random, values);
      let compiled = 0;
      for (let times = 0; times < CONTRACTS; times += 1) {
        const desc = contracts.any();
        if (compileWriter(desc)) compiled += 1;
        for (let count = 0; count < MESSAGES; count += 1) {
          const { ours, theirs } = both(desc, messages.of(desc));
          expect(ours).toBe(theirs);
        }
      }
      // Else nothing was compared.
      expect(compiled).toBeGreaterThan(CONTRACTS / 10);
    });
  });

  it("keeps fields that the type does not know", () => {
    const message = create(CopyResponseSchema, { content: Buffer.from("known") });
    message.$unknown = [{ no: 100, wireType: 2, data: Buffer.from([3, 1, 2, 3]) }];
    const { ours, theirs } = both(CopyResponseSchema, message);
    expect(ours).toBe(theirs);
    expect(ours).toMatch(/03010203$/);
  });

  it("says of a wrong value what the library says, and writes the next message", () => {
    const wrong = both(CopyResponseSchema, { $typeName: CopyResponseSchema.typeName, content: 1 } as Message);
    expect(wrong.ours).toMatch(/Error/);
    expect(wrong.ours).toBe(wrong.theirs);
    const foreign = both(CopyResponseSchema, create(StringValueSchema, { value: "foreign" }));
    expect(foreign.ours).toMatch(/Error/);
    expect(foreign.ours).toBe(foreign.theirs);
    const next = both(CopyResponseSchema, create(CopyResponseSchema, { content: Buffer.from("fine") }));
    expect(next.ours).toBe(next.theirs);
  });

  it("gives every message memory of its own", () => {
    const first = encodeBinary(CopyResponseSchema, create(CopyResponseSchema, { content: Buffer.of(1) }));
    const before = [...first];
    encodeBinary(CopyResponseSchema, create(CopyResponseSchema, { content: Buffer.of(2) }));
    expect([...first]).toEqual(before);
  });

  it("writes a message longer than any before", () => {
    const content = Buffer.alloc(3_000_000, "long");
    const message = create(CopyResponseSchema, { content });
    expect(
      Buffer.compare(encodeBinary(CopyResponseSchema, message), toBinary(CopyResponseSchema, message)),
    ).toBe(0);
  });

  it("writes long bytes between short values, and below the top of a message", () => {
    const long = () => Buffer.alloc(20_000, "long");
    const any = create(AnySchema, { typeUrl: "before", value: long() });
    const outer = create(AnySchema, { typeUrl: "outer", value: toBinary(AnySchema, any) });
    for (const message of [any, outer]) {
      const { ours, theirs } = both(AnySchema, message);
      expect(ours === theirs).toBe(true);
    }
    const option = create(OptionSchema, { name: "held", value: any });
    const { ours, theirs } = both(OptionSchema, option);
    expect(ours === theirs).toBe(true);
    expect(compileWriter(OptionSchema)).toBeDefined();
  });

  it("does not keep long bytes that the message may change", () => {
    const message = create(CopyResponseSchema, { content: Buffer.alloc(20_000, 1) });
    const bytes = encodeBinary(CopyResponseSchema, message);
    message.content.fill(2);
    expect(bytes.at(-1)).toBe(1);
  });

  it("leaves to the library what holds groups, required fields, or values in another form", () => {
    // Descriptors have a required field, in UninterpretedOption; google.protobuf.Value holds a Struct.
    expect(compileWriter(FileDescriptorSetSchema)).toBeUndefined();
    expect(compileWriter(ValueSchema)).toBeUndefined();
    const message = create(ValueSchema, { kind: { case: "structValue", value: { fields: {} } as never } });
    const { ours, theirs } = both(ValueSchema, message);
    expect(ours).toBe(theirs);
  });
});
