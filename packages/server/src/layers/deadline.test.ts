import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { compileMethod } from "@charter/policy";
import { describe, expect, it } from "@jest/globals";
import { ChassisError } from "../errors/chassis-error.js";
import { allowance } from "./deadline.js";

const unary = compileMethod(ShelfService.method.echo);
const stream = compileMethod(ShelfService.method.listItems);

describe("allowance", () => {
  it.each([
    [
      "a unary call that asks for nothing gets the default",
      unary,
      undefined,
      2_000,
      ChassisError.DEADLINE_EXCEEDED,
    ],
    ["a unary call may ask for less", unary, 10, 10, ChassisError.DEADLINE_EXCEEDED],
    ["a unary call may ask for more than the default", unary, 4_000, 4_000, ChassisError.DEADLINE_EXCEEDED],
    ["a unary call is clamped", unary, 9_999_999, 5_000, ChassisError.DEADLINE_EXCEEDED],
    [
      "a stream that asks for nothing lives as long as it may",
      stream,
      undefined,
      3_000,
      ChassisError.STREAM_TOO_OLD,
    ],
    ["a stream may ask for less", stream, 10, 10, ChassisError.DEADLINE_EXCEEDED],
    ["a stream is clamped", stream, 9_999_999, 3_000, ChassisError.STREAM_TOO_OLD],
  ])("%s", (_, policy, askedMs, ms, error) => {
    expect(allowance(policy, askedMs)).toEqual({ ms, error });
  });
});
