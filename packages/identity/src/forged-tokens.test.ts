import { createHmac } from "node:crypto";
import { seededRandom } from "@charter/testing";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { InvalidTokenError } from "./errors.js";
import { forge, withClaims, withHeader } from "./testing/forge.js";
import { createWorld, serviceToken, userToken } from "./testing/world.js";

type World = Awaited<ReturnType<typeof createWorld>>;
let world: World;
beforeAll(async () => {
  world = await createWorld();
});

/** A user token that differs from a sound one in some parameters. */
function user(header: object, claims: object = {}, key = world.userKey): string {
  const sound = userToken(world.userKey, world.clock.nowMs());
  return forge({ ...sound.header, ...header }, { ...sound.claims, ...claims }, key);
}

/** A service token that differs from a sound one in some parameters. */
function service(header: object, claims: object = {}, key = world.buyKey): string {
  const sound = serviceToken(world.buyKey, world.clock.nowMs());
  return forge({ ...sound.header, ...header }, { ...sound.claims, ...claims }, key);
}

function signedWithPublicKeyAsSecret(): string {
  const [header, claims] = user({ alg: "HS256" }).split(".");
  const secret = JSON.stringify(world.userKey.publicJwk);
  return `${header}.${claims}.${createHmac("sha256", secret).update(`${header}.${claims}`).digest("base64url")}`;
}

const nowS = () => Math.floor(world.clock.nowMs() / 1_000);
const LONG_AGO = { iat: 1_000, nbf: 1_000, exp: 1_600 };

const forgeries: readonly (readonly [string, () => string])[] = [
  ["alg none without signature", () => `${user({ alg: "none" }).split(".").slice(0, 2).join(".")}.`],
  ["alg none with a signature", () => user({ alg: "none" })],
  ["alg in another case", () => user({ alg: "eddsa" })],
  ["alg HS256 over the public key", signedWithPublicKeyAsSecret],
  ["alg RS256", () => user({ alg: "RS256" })],
  ["alg Ed25519, a name we do not use", () => user({ alg: "Ed25519" })],
  ["no alg", () => user({ alg: undefined })],
  ["no typ", () => user({ typ: undefined })],
  ["typ JWT", () => user({ typ: "JWT" })],
  ["typ of a service token", () => user({ typ: "svc+jwt" })],
  ["typ of a user token on a service token", () => service({ typ: "at+jwt" })],
  ["no kid", () => user({ kid: undefined })],
  ["empty kid", () => user({ kid: "" })],
  ["kid that is a number", () => user({ kid: 1 })],
  ["unknown kid", () => user({ kid: world.strangerKey.kid }, {}, world.strangerKey)],
  ["kid of another key", () => user({}, {}, world.strangerKey)],
  ["kid of an object's prototype", () => user({ kid: "__proto__" })],
  ["embedded jwk", () => user({ jwk: world.strangerKey.publicJwk }, {}, world.strangerKey)],
  ["embedded jwk in a token that is sound", () => user({ jwk: world.userKey.publicJwk })],
  ["jku", () => user({ jku: "http://127.0.0.1/keys" })],
  ["x5u", () => user({ x5u: "http://127.0.0.1/cert" })],
  ["crit", () => user({ crit: ["exp"], exp: 1 })],
  ["b64 false", () => user({ b64: false, crit: ["b64"] })],
  ["zip", () => user({ zip: "DEF" })],
  ["claims of another token", () => withClaims(user({}), { ...LONG_AGO, sub: "user-2" })],
  ["header of another token", () => withHeader(user({}), { alg: "EdDSA", typ: "at+jwt", kid: "x" })],
  ["truncated", () => user({}).slice(0, -10)],
  ["signature left out", () => user({}).split(".").slice(0, 2).join(".")],
  ["signature empty", () => `${user({}).split(".").slice(0, 2).join(".")}.`],
  ["signature of zeroes", () => `${user({}).split(".").slice(0, 2).join(".")}.${"A".repeat(86)}`],
  ["four parts", () => `${user({})}.x`],
  ["five parts, as if encrypted", () => "a.b.c.d.e"],
  ["header that is no JSON", () => `e30x.${user({}).split(".").slice(1).join(".")}`],
  ["header that is a list", () => withHeader(user({}), [])],
  ["claims that are a list", () => forge(userToken(world.userKey, 0).header, [], world.userKey)],
  ["claims that are null", () => forge(userToken(world.userKey, 0).header, null, world.userKey)],
  ["other audience", () => user({}, { aud: "another-shop" })],
  ["several audiences", () => user({}, { aud: ["shop", "another-shop"] })],
  ["no audience", () => user({}, { aud: undefined })],
  ["other issuer", () => user({}, { iss: "shop.mallory" })],
  ["no issuer", () => user({}, { iss: undefined })],
  ["expired", () => user({}, LONG_AGO)],
  ["expired just beyond the leeway", () => user({}, { iat: nowS() - 600, nbf: 1, exp: nowS() - 5 })],
  ["no expiry", () => user({}, { exp: undefined })],
  ["expiry that is text", () => user({}, { exp: "9999999999" })],
  ["expiry before issue", () => user({}, { iat: nowS() + 4, exp: nowS() + 3 })],
  ["not valid yet", () => user({}, { nbf: nowS() + 60 })],
  ["no nbf", () => user({}, { nbf: undefined })],
  ["issued in the future", () => user({}, { iat: nowS() + 60 })],
  ["no subject", () => user({}, { sub: undefined })],
  ["empty subject", () => user({}, { sub: "" })],
  ["subject that is an object", () => user({}, { sub: { id: 1 } })],
  ["no session", () => user({}, { sid: undefined })],
  ["roles that are text", () => user({}, { roles: "operator" })],
  ["roles of numbers", () => user({}, { roles: [1] })],
  ["no roles", () => user({}, { roles: undefined })],
  ["scope that is a list", () => user({}, { scope: ["a"] })],
  ["service token for another service", () => service({}, { aud: "discount" })],
  ["service token in another service's name", () => service({}, { iss: "discount", sub: "discount" })],
  ["service token with another issuer", () => service({}, { iss: "discount" })],
  ["service token with another subject", () => service({}, { sub: "discount" })],
  ["service token that lives too long", () => service({}, { exp: nowS() + 301 })],
  ["service token that has expired", () => service({}, { iat: nowS() - 310, nbf: 1, exp: nowS() - 10 })],
  ["service token by the user service's key", () => service({ kid: world.userKey.kid }, {}, world.userKey)],
  ["user token by a service's key", () => user({ kid: world.buyKey.kid }, {}, world.buyKey)],
  ["longer than 8 KiB", () => user({}, { filler: "x".repeat(8_192) })],
];

describe("a forged or stale token", () => {
  it.each(forgeries)("is refused in the same words: %s", async (_, token) => {
    const refused = await world.verifier.verify(`Bearer ${token()}`).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidTokenError);
    expect(String(refused)).toBe("InvalidTokenError: the token is not valid");
  });

  it.each([
    [""],
    ["Bearer"],
    ["Bearer "],
    ["Basic dXNlcjpwYXNz"],
    ["Bearer  two-spaces.a.b"],
    ["Bearer a.b.c, Bearer a.b.c"],
    ["Bearer a.b.c\n"],
  ])("is refused in the same words: %p", async (authorization) => {
    await expect(world.verifier.verify(authorization)).rejects.toThrow("the token is not valid");
  });

  it("is never anything but an InvalidTokenError, wherever a sound one is damaged", async () => {
    const random = seededRandom();
    const token = user({});
    await random.reporting(async () => {
      for (let round = 0; round < 500; round += 1) {
        // The last character is spared: four of its bits carry nothing.
        const at = random.integer(0, token.length - 2);
        const damaged = token.slice(0, at) + (token[at] === "x" ? "y" : "x") + token.slice(at + 1);
        await expect(world.verifier.verify(`Bearer ${damaged}`)).rejects.toBeInstanceOf(InvalidTokenError);
      }
    });
  });

  it("leaves sound tokens accepted", async () => {
    await expect(world.verifier.verify(`Bearer ${user({})}`)).resolves.toMatchObject({ subject: "user-1" });
    await expect(world.verifier.verify(`Bearer ${service({})}`)).resolves.toMatchObject({ service: "buy" });
  });
});
