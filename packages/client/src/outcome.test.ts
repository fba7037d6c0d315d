import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { ErrorInfoSchema, RetryInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Channel } from "./channel.js";
import { errorReason, isContractError, retryAfterMs } from "./error-reason.js";
import { certainlyNotSent, type Outcome, outcomeOf } from "./outcome.js";
import { EchoErrorSchema, EchoService } from "./testing/echo-contract.js";
import { type EchoServer, startEchoServer } from "./testing/echo-server.js";
import { createChannel, onEachWire } from "./testing/on-each-wire.js";
import { failureOf } from "./testing/outcomes.js";

let server: EchoServer;
let channel: Channel;
let next: ConnectError;

beforeAll(async () => {
  server = await startEchoServer({ say: () => Promise.reject(next) });
  channel = createChannel({ targets: { "test.echo.v1": { url: server.url, audience: "echo" } } });
});

afterAll(async () => {
  channel.close();
  await server.stop();
});

type Detail = { desc: DescMessage; value: MessageInitShape<DescMessage> };

const reason = (name: string, domain = "test.echo.v1"): Detail => ({
  desc: ErrorInfoSchema,
  value: create(ErrorInfoSchema, { reason: name, domain, metadata: { sku: "A1" } }),
});
const comeAgain: Detail = {
  desc: RetryInfoSchema,
  value: create(RetryInfoSchema, { retryDelay: { seconds: 1n, nanos: 500_000_000 } }),
};

/** The error as a client gets it when a server answers with it. */
function answered(code: Code, ...details: Detail[]): Promise<ConnectError> {
  next = new ConnectError("no", code, undefined, details);
  return failureOf(channel.client(EchoService).say({}));
}

onEachWire(() => {
  describe("outcomeOf an answer", () => {
    it.each<[string, Code, Outcome, Detail[]]>([
      ["INVALID_ARGUMENT", Code.InvalidArgument, "refused", []],
      ["NOT_FOUND", Code.NotFound, "refused", []],
      ["ALREADY_EXISTS", Code.AlreadyExists, "refused", []],
      ["PERMISSION_DENIED", Code.PermissionDenied, "refused", []],
      ["FAILED_PRECONDITION", Code.FailedPrecondition, "refused", []],
      ["OUT_OF_RANGE", Code.OutOfRange, "refused", []],
      ["UNIMPLEMENTED", Code.Unimplemented, "refused", []],
      ["UNAUTHENTICATED by the service", Code.Unauthenticated, "refused", [reason("PASSWORD_WRONG")]],
      [
        "UNAUTHENTICATED for the token",
        Code.Unauthenticated,
        "not_sent",
        [reason("TOKEN_INVALID", "charter.v1")],
      ],
      [
        "UNAVAILABLE while draining",
        Code.Unavailable,
        "not_sent",
        [reason("DRAINING", "charter.v1"), comeAgain],
      ],
      [
        "RESOURCE_EXHAUSTED for overload",
        Code.ResourceExhausted,
        "not_sent",
        [reason("OVERLOADED", "charter.v1"), comeAgain],
      ],
      [
        "RESOURCE_EXHAUSTED for a spent rate",
        Code.ResourceExhausted,
        "not_sent",
        [reason("RATE_LIMITED", "charter.v1"), comeAgain],
      ],
      ["UNAVAILABLE", Code.Unavailable, "unknown", []],
      ["DEADLINE_EXCEEDED", Code.DeadlineExceeded, "unknown", []],
      ["CANCELLED", Code.Canceled, "unknown", []],
      ["INTERNAL", Code.Internal, "unknown", []],
      ["UNKNOWN", Code.Unknown, "unknown", []],
      ["DATA_LOSS", Code.DataLoss, "unknown", []],
      ["ABORTED", Code.Aborted, "unknown", []],
      ["ABORTED with a reason", Code.Aborted, "refused", [reason("PRICE_CHANGED")]],
      ["RESOURCE_EXHAUSTED by load", Code.ResourceExhausted, "unknown", [comeAgain]],
      ["RESOURCE_EXHAUSTED with a reason", Code.ResourceExhausted, "refused", [reason("SOLD_OUT")]],
      [
        "a request that is too large",
        Code.ResourceExhausted,
        "refused",
        [reason("REQUEST_TOO_LARGE", "charter.v1")],
      ],
      [
        "a response that is too large",
        Code.ResourceExhausted,
        "unknown",
        [reason("RESPONSE_TOO_LARGE", "charter.v1")],
      ],
      ["a refusal that may be tried again", Code.FailedPrecondition, "unknown", [comeAgain]],
    ])("%s", async (_, code, outcome, details) => {
      const error = await answered(code, ...details);
      expect(error.code).toBe(code);
      expect(outcomeOf(error)).toBe(outcome);
      expect(certainlyNotSent(error)).toBe(outcome === "not_sent");
    });
  });

  describe("outcomeOf anything else", () => {
    it.each<[unknown, Outcome]>([
      [new ConnectError("made here, not answered", Code.NotFound), "unknown"],
      [new Error("whatever"), "unknown"],
      ["text", "unknown"],
      [undefined, "unknown"],
      [Object.assign(new Error("refused"), { code: "ECONNREFUSED" }), "not_sent"],
      [Object.assign(new Error("no route"), { code: "EHOSTUNREACH", syscall: "connect" }), "not_sent"],
      [Object.assign(new Error("reset"), { code: "ECONNRESET", syscall: "read" }), "unknown"],
    ])("%p is %s", (error, outcome) => {
      expect(outcomeOf(error)).toBe(outcome);
    });
  });

  describe("the reason of an error", () => {
    it("is told by the contract's enum", async () => {
      const error = await answered(Code.FailedPrecondition, reason("SOLD_OUT"));
      expect(isContractError(error, EchoErrorSchema, 1)).toBe(true);
      expect(errorReason(error)).toEqual({
        reason: "SOLD_OUT",
        domain: "test.echo.v1",
        metadata: { sku: "A1" },
      });
    });

    it.each<[string, Detail[]]>([
      ["another reason", [reason("SOMETHING_ELSE")]],
      ["the same reason of another domain", [reason("SOLD_OUT", "shop.buy.v1")]],
      ["none", []],
    ])("is not %s", async (_, details) => {
      expect(isContractError(await answered(Code.FailedPrecondition, ...details), EchoErrorSchema, 1)).toBe(
        false,
      );
    });

    it("is absent from what is no answer", () => {
      expect(isContractError(new Error("x"), EchoErrorSchema, 1)).toBe(false);
      expect(errorReason(new Error("x"))).toBeUndefined();
      expect(retryAfterMs(new Error("x"))).toBeUndefined();
    });

    it("may come with a time to wait", async () => {
      expect(retryAfterMs(await answered(Code.Unavailable, comeAgain))).toBe(1_500);
      expect(retryAfterMs(await answered(Code.Unavailable))).toBeUndefined();
    });
  });
});
