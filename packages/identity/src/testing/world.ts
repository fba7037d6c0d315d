import { ManualClock } from "@charter/testing";
import { staticKeySet } from "../key-set.js";
import { generateSigningKey, type SigningKey } from "../signing-key.js";
import { createVerifier } from "../verifier.js";

/** One installation: the user service's key, the keys of two services, and the verifier of a third one called "delivery". */
export async function createWorld() {
  const clock = new ManualClock();
  const [userKey, buyKey, discountKey, strangerKey] = await Promise.all([
    generateSigningKey(),
    generateSigningKey(),
    generateSigningKey(),
    generateSigningKey(),
  ]);
  const verifier = createVerifier({
    service: "delivery",
    userAudience: "shop",
    userIssuer: "shop.user",
    userKeys: staticKeySet([userKey]),
    serviceKeys: staticKeySet([
      { ...buyKey, service: "buy" },
      { ...discountKey, service: "discount" },
    ]),
    clock,
  });
  return { clock, userKey, buyKey, discountKey, strangerKey, verifier };
}

/** Header and claims of a sound user token. */
export function userToken(key: SigningKey, nowMs: number) {
  const nowS = Math.floor(nowMs / 1_000);
  return {
    header: { alg: "EdDSA", typ: "at+jwt", kid: key.kid },
    claims: {
      iss: "shop.user",
      aud: "shop",
      sub: "user-1",
      sid: "session-1",
      roles: ["operator"],
      iat: nowS,
      nbf: nowS,
      exp: nowS + 600,
    },
  };
}

/** Header and claims of a sound token by which "buy" calls "delivery". */
export function serviceToken(key: SigningKey, nowMs: number) {
  const nowS = Math.floor(nowMs / 1_000);
  return {
    header: { alg: "EdDSA", typ: "svc+jwt", kid: key.kid },
    claims: { iss: "buy", sub: "buy", aud: "delivery", iat: nowS, nbf: nowS, exp: nowS + 300 },
  };
}
