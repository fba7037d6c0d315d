import { create } from "@bufbuild/protobuf";
import { type Any, AnySchema, anyPack, anyUnpack, DurationSchema } from "@bufbuild/protobuf/wkt";
import { StatusSchema } from "@charter/contract/google/rpc/status_pb.js";
import { describe, expect, it } from "@jest/globals";
import { anyTypes } from "./any-types.js";
import { decodeMessage, encodeMessage } from "./codec.js";

describe("an Any in JSON", () => {
  const inner = create(StatusSchema, { code: 5, message: "gone" });
  const outer = create(StatusSchema, { details: [anyPack(StatusSchema, inner)] });

  it("is written and read where its file declares what it holds", () => {
    const bytes = encodeMessage(StatusSchema, outer, true);
    expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({
      details: [{ "@type": "type.googleapis.com/google.rpc.Status", code: 5, message: "gone" }],
    });
    const read = decodeMessage(StatusSchema, bytes, true) as typeof outer;
    expect(anyUnpack(read.details[0] as Any, StatusSchema)).toEqual(inner);
  });

  it("is refused as malformed where nothing declares what it holds", () => {
    const json = Buffer.from(
      JSON.stringify({ details: [{ "@type": "type.googleapis.com/no.Such", value: 1 }] }),
    );
    expect(() => decodeMessage(StatusSchema, json, true)).toThrow(/cannot be decoded/);
  });

  it("knows the files that a file imports", () => {
    expect(anyTypes(StatusSchema).getMessage(AnySchema.typeName)).toBe(AnySchema);
    expect(anyTypes(StatusSchema).getMessage(DurationSchema.typeName)).toBeUndefined();
  });
});
