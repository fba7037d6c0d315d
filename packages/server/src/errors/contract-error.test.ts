import { ChassisError, ChassisErrorSchema } from "@charter/contract/charter/v1/errors_pb.js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  PreconditionFailureSchema,
  QuotaFailureSchema,
  RetryInfoSchema,
} from "@charter/contract/google/rpc/error_details_pb.js";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "@jest/globals";
import { invalidArgument, notFound } from "./chassis-error.js";
import { ContractError, contractError } from "./contract-error.js";

describe("contractError", () => {
  it("carries code, sentence and reason of the contract", () => {
    const error = contractError(ChassisErrorSchema, ChassisError.DRAINING, { metadata: { zone: "a" } });
    expect(error).toMatchObject({
      code: Code.Unavailable,
      rawMessage: "The server is shutting down.",
      reason: "DRAINING",
      domain: "charter.v1",
    });
    expect(error.findDetails(ErrorInfoSchema)).toMatchObject([
      { reason: "DRAINING", domain: "charter.v1", metadata: { zone: "a" } },
    ]);
  });

  it("carries further details where they are given", () => {
    const cause = new Error("underneath");
    const error = contractError(ChassisErrorSchema, ChassisError.NOT_PERMITTED, {
      message: "Not on Sundays.",
      fieldViolations: [{ field: "day", description: "is a Sunday" }],
      preconditions: [{ type: "DAY", subject: "today", description: "wait until Monday" }],
      quotas: [{ subject: "days", description: "six a week" }],
      retryAfterMs: 1_500,
      cause,
    });
    expect(error).toMatchObject({ rawMessage: "Not on Sundays.", cause });
    expect(error.findDetails(BadRequestSchema)[0]?.fieldViolations).toMatchObject([{ field: "day" }]);
    expect(error.findDetails(PreconditionFailureSchema)[0]?.violations).toMatchObject([{ type: "DAY" }]);
    expect(error.findDetails(QuotaFailureSchema)[0]?.violations).toMatchObject([{ subject: "days" }]);
    expect(error.findDetails(RetryInfoSchema)[0]?.retryDelay).toMatchObject({
      seconds: 1n,
      nanos: 500_000_000,
    });
  });

  it("refuses a value that is no error", () => {
    expect(() => contractError(ChassisErrorSchema, ChassisError.UNSPECIFIED)).toThrow(TypeError);
  });

  it("is told from other ConnectErrors", () => {
    expect(notFound()).toBeInstanceOf(ContractError);
    expect(notFound()).toBeInstanceOf(ConnectError);
    expect(new ConnectError("other")).not.toBeInstanceOf(ContractError);
    expect(new Error("other")).not.toBeInstanceOf(ContractError);
  });
});

describe("errors without a reason of the service's own", () => {
  it("say what is not there", () => {
    expect(notFound("There is no such cart.")).toMatchObject({
      code: Code.NotFound,
      rawMessage: "There is no such cart.",
    });
  });

  it("say which field is wrong", () => {
    const error = invalidArgument("page.page_token", "is not of this list");
    expect(error.code).toBe(Code.InvalidArgument);
    expect(error.findDetails(BadRequestSchema)[0]?.fieldViolations).toMatchObject([
      { field: "page.page_token", description: "is not of this list" },
    ]);
  });
});
