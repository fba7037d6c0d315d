import { create } from "@bufbuild/protobuf";
import {
  EchoRequestSchema,
  PutItemRequestSchema,
  ShelfService,
} from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { anonymous, type Principal } from "@charter/identity";
import { describe, expect, it } from "@jest/globals";
import { compileCel } from "./cel-rule.js";

const { echo, putItem } = ShelfService.method;
const alice: Principal = {
  kind: "user",
  subject: "alice",
  roles: ["clerk"],
  scopes: ["shelf.write"],
  sessionId: "session",
};
const keeper: Principal = { kind: "service", service: "keeper" };
const shelf = (ownerId: string, count: number) =>
  create(PutItemRequestSchema, {
    shelf: { ownerId },
    items: Array.from({ length: count }, () => ({ sku: "a", quantity: 1 })),
  });

describe("compileCel", () => {
  it("decides over the request and who calls", () => {
    const rule = compileCel(
      "request.shelf.owner_id == principal.subject && size(request.items) < 3",
      putItem,
    );
    expect(rule.readsRequest).toBe(true);
    expect(rule.admits(alice, shelf("alice", 2))).toBe(true);
    expect(rule.admits(alice, shelf("alice", 3))).toBe(false);
    expect(rule.admits(alice, shelf("bob", 2))).toBe(false);
    expect(rule.admits(anonymous, shelf("alice", 2))).toBe(false);
  });

  it.each<[string, boolean[]]>([
    ["'clerk' in principal.roles", [true, false, false]],
    ["principal.scopes.exists(it, it.startsWith('shelf.'))", [true, false, false]],
    ["principal.kind == 'service' && principal.service == 'keeper'", [false, true, false]],
    ["true", [true, true, true]],
  ])("knows of the caller: %s", (expression, admitted) => {
    const rule = compileCel(expression, echo);
    expect(rule.readsRequest).toBe(false);
    expect([alice, keeper, anonymous].map((it) => rule.admits(it, create(EchoRequestSchema)))).toEqual(
      admitted,
    );
  });

  it("admits nobody where it fails", () => {
    const rule = compileCel("size(request.items) == 0 || request.items[1].quantity > 0", putItem);
    expect(rule.admits(alice, shelf("alice", 2))).toBe(true);
    expect(rule.admits(alice, shelf("alice", 1))).toBe(false);
  });

  it.each([
    ["request.shelf.owner_id ==", /./],
    ["request.shelf.owner == principal.subject", /PutItemRequest has no field "shelf.owner"/],
    ["false && caller.subject == 'x'", /no "caller", only "request" and "principal"/],
    ["request.idempotency_key", /something else than true or false/],
    ["request.items[0].quantity > 0", /fails for an empty request/],
  ])("refuses %s", (expression, problem) => {
    expect(() => compileCel(expression, putItem)).toThrow(problem);
  });
});
