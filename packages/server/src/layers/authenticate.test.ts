import { KeySetUnavailableError } from "@charter/identity";
import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "@jest/globals";
import { fakeCall, run } from "../testing/fake-call.js";
import { plainVerifier } from "../testing/plain-verifier.js";
import { authenticate } from "./authenticate.js";

const wanting = { auth: { kind: "authenticated" } } as const;

describe("authenticate", () => {
  it("finds out who calls", async () => {
    const { call } = fakeCall({ header: { authorization: "Bearer service keeper" } });
    await run(authenticate(plainVerifier), call, { values: [] });
    expect(call.principal).toEqual({ kind: "service", service: "keeper" });
  });

  it("takes no token for nobody", async () => {
    const { call } = fakeCall({ policy: wanting });
    await run(authenticate(plainVerifier), call, { values: [] });
    expect(call.principal).toEqual({ kind: "anonymous" });
  });

  it("refuses a token that proves nothing, unless the method is public", async () => {
    const header = { authorization: "Bearer forged" };
    const wanted = fakeCall({ header, policy: wanting });
    await expect(run(authenticate(plainVerifier), wanted.call, { values: [] })).rejects.toMatchObject({
      code: Code.Unauthenticated,
      reason: "TOKEN_INVALID",
    });
    const open = fakeCall({ header });
    await run(authenticate(plainVerifier), open.call, { values: [] });
    expect(open.call.principal).toEqual({ kind: "anonymous" });
  });

  it("does not blame the caller when the keys cannot be read", async () => {
    const verifier = {
      verify: () => Promise.reject(new KeySetUnavailableError("user", new Error("refused"))),
    };
    const { call } = fakeCall({ header: { authorization: "Bearer user alice" }, policy: wanting });
    await expect(run(authenticate(verifier), call, { values: [] })).rejects.toMatchObject({
      code: Code.Unavailable,
    });
  });
});
