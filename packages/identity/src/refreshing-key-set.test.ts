import { ManualClock } from "@charter/testing";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { KeySetUnavailableError } from "./errors.js";
import { importKeys, type VerificationKey } from "./key-set.js";
import { RefreshingKeySet } from "./refreshing-key-set.js";
import { generateSigningKey, type SigningKey } from "./signing-key.js";

let clock: ManualClock;
let key: SigningKey;
let loads: number;
let source: () => Promise<Map<string, VerificationKey>>;
let keys: RefreshingKeySet;

beforeEach(async () => {
  clock = new ManualClock();
  key = await generateSigningKey();
  loads = 0;
  source = () => importKeys([key]);
  const load = () => {
    loads += 1;
    return source();
  };
  keys = new RefreshingKeySet(load, {
    source: "the test",
    clock,
    minIntervalMs: 30_000,
    failureIntervalMs: 1_000,
    maxAgeMs: 600_000,
  });
});

const fail = () => Promise.reject(new Error("down"));

describe("RefreshingKeySet", () => {
  it("loads once for callers that come at once", async () => {
    const found = await Promise.all(Array.from({ length: 20 }, () => keys.find(key.kid)));
    expect(found.every((one) => one?.kid === key.kid)).toBe(true);
    expect(loads).toBe(1);
  });

  it("loads for an unknown key at most once per interval", async () => {
    for (let i = 0; i < 20; i += 1) await keys.find(`unknown-${i}`);
    expect(loads).toBe(1);
    await clock.advance(30_000);
    await Promise.all(Array.from({ length: 20 }, (_, i) => keys.find(`unknown-${i}`)));
    expect(loads).toBe(2);
  });

  it("finds a key that came with a rotation", async () => {
    await keys.find(key.kid);
    const next = await generateSigningKey();
    source = () => importKeys([key, next]);
    await clock.advance(30_000);
    await expect(keys.find(next.kid)).resolves.toMatchObject({ kid: next.kid });
  });

  it("drops a withdrawn key when the set has grown old", async () => {
    await keys.find(key.kid);
    source = async () => new Map();
    await clock.advance(600_000);
    await expect(keys.find(key.kid)).resolves.toBeDefined();
    await clock.advance(1);
    await expect(keys.find(key.kid)).resolves.toBeUndefined();
  });

  it("says so when nothing can be read, and tries again soon", async () => {
    source = fail;
    await expect(keys.find(key.kid)).rejects.toBeInstanceOf(KeySetUnavailableError);
    await expect(keys.find(key.kid)).rejects.toThrow("the keys of the test cannot be read");
    expect(loads).toBe(1);
    source = () => importKeys([key]);
    await clock.advance(1_000);
    await expect(keys.find(key.kid)).resolves.toBeDefined();
  });

  it("keeps the keys it has while the source is down", async () => {
    await keys.find(key.kid);
    source = fail;
    await clock.advance(600_001);
    await expect(keys.find(key.kid)).resolves.toBeDefined();
    await expect(keys.find("unknown")).rejects.toBeInstanceOf(KeySetUnavailableError);
  });
});
