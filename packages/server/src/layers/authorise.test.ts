import type { Principal } from "@charter/identity";
import type { AuthPolicy } from "@charter/policy";
import { describe, expect, it } from "@jest/globals";
import { judge } from "./authorise.js";

const nobody: Principal = { kind: "anonymous" };
const user = (roles: string[] = [], scopes: string[] = []): Principal => ({
  kind: "user",
  subject: "alice",
  roles,
  scopes,
  sessionId: "session",
});
const service = (name: string): Principal => ({ kind: "service", service: name });

const open: AuthPolicy = { kind: "public" };
const authenticated: AuthPolicy = { kind: "authenticated" };
const rule = (conditions: Partial<AuthPolicy>): AuthPolicy => ({
  kind: "rule",
  id: "rule",
  roles: [],
  scopes: [],
  callers: [],
  ...conditions,
});

describe("judge", () => {
  it.each<[string, AuthPolicy, Principal, ReturnType<typeof judge>]>([
    ["public lets nobody in particular pass", open, nobody, "pass"],
    ["authenticated wants a token", authenticated, nobody, "token-missing"],
    ["authenticated takes a user", authenticated, user(), "pass"],
    ["authenticated takes a service", authenticated, service("buy"), "pass"],
    ["a rule wants a token", rule({ roles: ["operator"] }), nobody, "token-missing"],
    ["a role passes", rule({ roles: ["operator"] }), user(["operator"]), "pass"],
    ["another role does not", rule({ roles: ["operator"] }), user(["reader"]), "not-permitted"],
    ["a scope passes", rule({ scopes: ["a.b"] }), user([], ["a.b"]), "pass"],
    ["a role is no scope", rule({ scopes: ["a.b"] }), user(["a.b"]), "not-permitted"],
    ["a caller passes", rule({ callers: ["buy"] }), service("buy"), "pass"],
    ["another caller does not", rule({ callers: ["buy"] }), service("user"), "not-permitted"],
    ["a user named like a caller does not", rule({ callers: ["alice"] }), user(), "not-permitted"],
    [
      "any one condition suffices",
      rule({ roles: ["x"], scopes: ["y"], callers: ["z"] }),
      user([], ["y"]),
      "pass",
    ],
    ["an owner is known later", rule({ owner: "user_id" }), user(), "if-owner"],
    ["a role spares the owner", rule({ roles: ["operator"], owner: "user_id" }), user(["operator"]), "pass"],
    ["a service owns nothing", rule({ owner: "user_id" }), service("buy"), "not-permitted"],
    ["an expression is judged later", rule({ cel: "true" }), user(), "if-owner"],
    ["a service may satisfy an expression", rule({ cel: "true" }), service("buy"), "if-owner"],
    ["an expression wants a token", rule({ cel: "true" }), nobody, "token-missing"],
  ])("%s", (_, auth, principal, verdict) => {
    expect(judge(auth, principal)).toBe(verdict);
  });
});
