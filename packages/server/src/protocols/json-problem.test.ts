import { fromJsonString } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { KeepRequestSchema } from "@charter/contract/charter/testing/v1/secret_service_pb.js";
import { describe, expect, it } from "@jest/globals";
import { jsonProblem } from "./json-problem.js";

const type = "charter.testing.v1.KeepRequest";

function problemOf(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    return jsonProblem(error);
  }
  throw new Error("the text was decoded");
}

describe("jsonProblem", () => {
  it.each([
    ['{"password": 1}', `field ${type}.password must be set once, to a value of its type: string`],
    ['{"account": "x"}', `field ${type}.account must be set once, to a value of its type: int64`],
    ['{"secret": "x"}', "the body is not JSON of the message's form"],
    ['{"aliases": [1]}', `field ${type}.aliases must be an array of values of its type`],
    ['{"answers": {"x": 1}}', `field ${type}.answers must be an object of values of its type`],
    ['{"phone": "1", "website": "2"}', `oneof ${type}.contact is set more than once`],
    ['{"passphrase": "x"}', `key "passphrase" is unknown in message ${type}`],
    ['{"pass word": "x"}', "the body is not JSON of the message's form"],
    ['{"password": ', "the body is not JSON of the message's form"],
    ["[]", "the body is not JSON of the message's form"],
  ])("says of %s what is wrong and not what stands there", (text, problem) => {
    expect(problemOf(() => fromJsonString(KeepRequestSchema, text, { ignoreUnknownFields: false }))).toBe(
      problem,
    );
  });

  it("names a well-known type", () => {
    expect(problemOf(() => fromJsonString(DurationSchema, '"soon"'))).toBe(
      "a value is no google.protobuf.Duration",
    );
  });

  it("takes what is no error", () => {
    expect(jsonProblem("x")).toBe("the body is not JSON");
  });
});
