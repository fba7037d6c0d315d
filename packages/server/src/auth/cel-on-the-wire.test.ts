import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { compileMethod, PolicyError } from "@charter/policy";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { fakeCall } from "../testing/fake-call.js";
import { rawCalls } from "../testing/raw-call.js";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";
import { checkCelRules } from "./cel-rules.js";

const method = ShelfService.method.lendItem;
const path = `/${ShelfService.typeName}/LendItem`;
const body = (readerId: string, days: number) => Buffer.from(JSON.stringify({ readerId, days }));

describe("a rule's expression", () => {
  let shelf: StartedShelf;
  beforeAll(async () => {
    shelf = await startShelf();
  });
  afterAll(() => shelf.stop());

  describe.each(Object.entries(rawCalls))("over %s", (_, call) => {
    it.each<[string, string | undefined, Buffer, Code | undefined]>([
      ["admits whom it holds for", "user alice", body("alice", 14), undefined],
      ["answers an object that it does not hold for as absent", "user alice", body("bob", 14), Code.NotFound],
      ["is asked with the values of the request", "user alice", body("alice", 15), Code.NotFound],
      ["knows services", "service keeper", body("bob", 100), undefined],
      ["knows them apart", "service buy", body("bob", 1), Code.NotFound],
      ["wants a token", undefined, body("alice", 1), Code.Unauthenticated],
      ["is asked of valid requests only", "user alice", body("alice", -1), Code.InvalidArgument],
    ])("%s", async (_what, token, bytes, code) => {
      const header = token ? { authorization: `Bearer ${token}` } : {};
      const error = await call({ url: shelf.url, path, body: bytes, header });
      expect(error && ConnectError.from(error).code).toBe(code);
    });
  });

  it("refuses the start when it is wrong, by the method's name", () => {
    const policy = compileMethod(method);
    const auth = {
      kind: "rule" as const,
      id: "r",
      roles: [],
      scopes: [],
      callers: [],
      cel: "request.reader",
    };
    const endpoint = { ...fakeCall().call.endpoint, method, policy: { ...policy, auth } };
    expect(() => checkCelRules([endpoint])).toThrow(
      new PolicyError([
        {
          procedure: policy.procedure,
          option: "auth.rule.cel",
          message: '"request.reader": charter.testing.v1.LendItemRequest has no field "reader"',
        },
      ]),
    );
  });
});
