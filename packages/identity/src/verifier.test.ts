import { beforeEach, describe, expect, it } from "@jest/globals";
import { KeySetUnavailableError } from "./errors.js";
import { type KeySet, staticKeySet } from "./key-set.js";
import type { UserPrincipal } from "./principal.js";
import { forge } from "./testing/forge.js";
import { createWorld, serviceToken, userToken } from "./testing/world.js";
import { createUserTokenIssuer } from "./user-token-issuer.js";
import { createVerifier } from "./verifier.js";

let world: Awaited<ReturnType<typeof createWorld>>;
beforeEach(async () => {
  world = await createWorld();
});

function verifierWith(userKeys: KeySet) {
  return createVerifier({
    service: "delivery",
    userAudience: "shop",
    userIssuer: "shop.user",
    userKeys,
    serviceKeys: staticKeySet([]),
    clock: world.clock,
  });
}

function issuer(ttlMs?: number) {
  return createUserTokenIssuer({
    issuer: "shop.user",
    audience: "shop",
    currentKey: () => world.userKey,
    clock: world.clock,
    ...(ttlMs !== undefined && { ttlMs }),
  });
}

const ada = { subject: "user-1", roles: ["operator"], scopes: ["a", "b"], sessionId: "session-1" };

describe("verify", () => {
  it("takes a call without a token for anonymous", async () => {
    await expect(world.verifier.verify(undefined)).resolves.toEqual({ kind: "anonymous" });
  });

  it("knows the user of a token that was issued", async () => {
    const { token, expiresAtMs } = await issuer().issue(ada);
    expect(expiresAtMs).toBe(world.clock.nowMs() + 600_000);
    await expect(world.verifier.verify(`Bearer ${token}`)).resolves.toEqual({ kind: "user", ...ada });
  });

  it("knows the service of a service token, whatever the case of the scheme", async () => {
    const { header, claims } = serviceToken(world.buyKey, world.clock.nowMs());
    const token = forge(header, claims, world.buyKey);
    await expect(world.verifier.verify(`bearer ${token}`)).resolves.toEqual({
      kind: "service",
      service: "buy",
    });
  });

  it("allows clocks to be 5 seconds apart", async () => {
    const nowMs = world.clock.nowMs();
    for (const skewMs of [-5_000, 5_000]) {
      const { header, claims } = userToken(world.userKey, nowMs + skewMs);
      await expect(
        world.verifier.verify(`Bearer ${forge(header, claims, world.userKey)}`),
      ).resolves.toBeDefined();
    }
  });

  it("verifies a token once and remembers it until it expires, not longer", async () => {
    const lookups: string[] = [];
    const keys = staticKeySet([world.userKey]);
    const verifier = verifierWith({
      find(kid) {
        lookups.push(kid);
        return keys.find(kid);
      },
    });
    const { token } = await issuer().issue(ada);
    const first = await verifier.verify(`Bearer ${token}`);
    await world.clock.advance(599_000);
    expect(await verifier.verify(`Bearer ${token}`)).toBe(first);
    expect(lookups).toHaveLength(1);
    await world.clock.advance(1_000);
    await verifier.verify(`Bearer ${token}`);
    expect(lookups).toHaveLength(2);
    await world.clock.advance(5_000);
    await expect(verifier.verify(`Bearer ${token}`)).rejects.toThrow("the token is not valid");
  });

  it("lets no service sign for users, even with its key among theirs", async () => {
    const verifier = verifierWith(staticKeySet([{ ...world.userKey, service: "buy" }]));
    const { token } = await issuer().issue(ada);
    await expect(verifier.verify(`Bearer ${token}`)).rejects.toThrow("the token is not valid");
  });

  it("does not blame the token when the keys cannot be read", async () => {
    const verifier = verifierWith({
      find: () => Promise.reject(new KeySetUnavailableError("test", new Error("down"))),
    });
    const { token } = await issuer().issue(ada);
    await expect(verifier.verify(`Bearer ${token}`)).rejects.toBeInstanceOf(KeySetUnavailableError);
  });

  it("gives a principal that nobody can widen", async () => {
    const { token } = await issuer().issue(ada);
    const principal = (await world.verifier.verify(`Bearer ${token}`)) as UserPrincipal;
    expect(() => Object.assign(principal, { subject: "user-2" })).toThrow(TypeError);
    expect(() => Object.assign(principal.roles, ["admin"])).toThrow(TypeError);
    expect(() => Object.assign(principal.scopes, ["all"])).toThrow(TypeError);
  });
});

describe("createUserTokenIssuer", () => {
  it("keeps to the lifetime it was given, in whole seconds", async () => {
    const { expiresAtMs } = await issuer(2_500).issue(ada);
    expect(expiresAtMs).toBe(world.clock.nowMs() + 2_000);
  });

  it("signs with the current key after a rotation", async () => {
    let key = world.userKey;
    const rotating = createUserTokenIssuer({
      issuer: "shop.user",
      audience: "shop",
      currentKey: async () => key,
      clock: world.clock,
    });
    const verifier = verifierWith(staticKeySet([world.userKey, world.strangerKey]));
    const before = await rotating.issue(ada);
    key = world.strangerKey;
    const after = await rotating.issue(ada);
    await expect(verifier.verify(`Bearer ${before.token}`)).resolves.toMatchObject({ subject: "user-1" });
    await expect(verifier.verify(`Bearer ${after.token}`)).resolves.toMatchObject({ subject: "user-1" });
  });
});
