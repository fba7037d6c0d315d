import { create, createFileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code } from "@charter/contract/charter/v1/code_pb.js";
import { ChassisError, ChassisErrorSchema } from "@charter/contract/charter/v1/errors_pb.js";
import { describe, expect, it } from "@jest/globals";
import { errorCatalogue } from "./index.js";

describe("errorCatalogue", () => {
  it("says of every value what it means on the wire", () => {
    const catalogue = errorCatalogue(ChassisErrorSchema);
    expect(catalogue.domain).toBe("charter.v1");
    expect(catalogue.byNumber.get(ChassisError.DRAINING)).toEqual({
      number: ChassisError.DRAINING,
      reason: "DRAINING",
      code: Code.UNAVAILABLE,
      message: "The server is shutting down.",
      retryable: true,
    });
    expect(catalogue.byReason.get("DRAINING")).toBe(catalogue.byNumber.get(ChassisError.DRAINING));
    expect(catalogue.byNumber.has(ChassisError.UNSPECIFIED)).toBe(false);
  });

  it("names every value without a meaning", () => {
    const values = ["SHOP_ERROR_UNSPECIFIED", "SHOP_ERROR_BROKE", "SHOP_ERROR_CLOSED"];
    const file = create(FileDescriptorProtoSchema, {
      name: "errors.proto",
      syntax: "proto3",
      enumType: [{ name: "ShopError", value: values.map((name, number) => ({ name, number })) }],
    });
    const desc = createFileRegistry(file, () => undefined).getEnum("ShopError");
    expect(() => desc && errorCatalogue(desc)).toThrow("SHOP_ERROR_BROKE, SHOP_ERROR_CLOSED");
  });
});
