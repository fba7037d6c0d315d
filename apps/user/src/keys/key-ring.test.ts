import { createVerifier, staticKeySet } from "@charter/identity";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { loggedIn } from "../testing/accounts.js";
import { createFixture, type Fixture } from "../testing/fixture.js";
import { createKeyRing } from "./key-ring.js";

const dayMs = 24 * 3_600_000;
const rotateAfterMs = 30 * dayMs;

describe("the key ring", () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await createFixture();
  });
  afterEach(() => fixture.close());

  const kids = async () => (await fixture.calls.getKeySet({})).keys.map(({ kid }) => kid);

  it("makes one first key, whoever asks first", async () => {
    const { db, clock } = fixture.deps;
    const rings = Array.from({ length: 8 }, () => createKeyRing({ db, clock }));
    const keys = await Promise.all(rings.map((ring) => ring.currentKey()));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
  });

  it("publishes no private part", async () => {
    const answer = await fixture.calls.getKeySet({});
    const documents = await fixture.deps.keyRing.publicKeys();
    expect(answer.keys).toHaveLength(1);
    expect(answer.keys[0]).toMatchObject({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" });
    expect(documents.flatMap((key) => Object.keys(key))).not.toContain("d");
  });

  it("replaces a key by age and keeps the one before it published, not the one before that", async () => {
    const { clock, deps } = fixture;
    const [first] = await kids();
    await clock.advance(rotateAfterMs - 1);
    expect(await kids()).toEqual([first]);
    await clock.advance(1);
    const [second, previous] = await kids();
    expect(previous).toBe(first);
    expect((await deps.keyRing.currentKey()).kid).toBe(second);
    await clock.advance(rotateAfterMs);
    const third = await kids();
    expect(third).toHaveLength(2);
    expect(third[1]).toBe(second);
  });

  it("lets tokens that were signed before a rotation live out their time", async () => {
    const { clock, deps, calls } = fixture;
    await kids();
    await clock.advance(rotateAfterMs - 60_000);
    const { tokens, user } = await loggedIn(calls);
    await clock.advance(60_000);
    expect(await kids()).toHaveLength(2);
    const verifier = createVerifier({
      service: "user",
      userAudience: "shop",
      userIssuer: "shop.user",
      userKeys: deps.keyRing,
      serviceKeys: staticKeySet([]),
      clock,
    });
    const principal = await verifier.verify(`Bearer ${tokens.accessToken}`);
    expect(principal).toMatchObject({ kind: "user", subject: user.userId, sessionId: tokens.sessionId });
  });

  it("finds a key that another process has just made, and asks the database for forged names at most once a second", async () => {
    const { clock } = fixture;
    const { db } = fixture.deps;
    const other = createKeyRing({ db, clock, rotateAfterMs: dayMs });
    await kids();
    await clock.advance(dayMs);
    await kids();
    const { kid } = await other.currentKey();
    expect(await fixture.deps.keyRing.find(kid)).toBeUndefined();
    await clock.advance(1_000);
    expect(await fixture.deps.keyRing.find(kid)).toMatchObject({ kid });
  });
});
