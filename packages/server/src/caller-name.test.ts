import { describe, expect, it } from "@jest/globals";
import { callerName } from "./caller-name.js";

describe("callerName", () => {
  it("never is the same for a user and a service", () => {
    const user = { kind: "user", subject: "buy", roles: [], scopes: [], sessionId: "s" } as const;
    const names = [user, { kind: "service", service: "buy" } as const, { kind: "anonymous" } as const];
    expect(names.map((principal) => callerName({ principal }))).toEqual([
      "user:buy",
      "service:buy",
      "anonymous",
    ]);
  });
});
