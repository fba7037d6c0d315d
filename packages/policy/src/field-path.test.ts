import { create } from "@bufbuild/protobuf";
import { PutItemRequestSchema } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { describe, expect, it } from "@jest/globals";
import { resolveFieldPath } from "./index.js";

describe("resolveFieldPath", () => {
  const path = resolveFieldPath(PutItemRequestSchema, "shelf.owner_id");

  it("reads a field through messages", () => {
    expect(path?.read(create(PutItemRequestSchema, { shelf: { ownerId: "alice" } }))).toBe("alice");
  });

  it("reads nothing where a message on the way is not set", () => {
    expect(path?.read(create(PutItemRequestSchema))).toBe("");
  });

  it.each(["", "shelf", "shelf.", "shelf.ownerId", "items.sku", "nothing"])("does not resolve %j", (it) => {
    expect(resolveFieldPath(PutItemRequestSchema, it)).toBeUndefined();
  });
});
