import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { describe, expect, it } from "@jest/globals";
import { answerRetentionMs } from "./answer-retention.js";

describe("answerRetentionMs", () => {
  it("is as long as the contract promises for any method", () => {
    expect(answerRetentionMs(ShelfService)).toBe(86_400_000);
  });

  it("is nothing where no service has a key", () => {
    expect(answerRetentionMs()).toBe(0);
  });
});
