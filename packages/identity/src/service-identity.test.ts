import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { directoryKeySet } from "./directory-key-set.js";
import { KeyFileError } from "./errors.js";
import { staticKeySet } from "./key-set.js";
import { loadServiceIdentity } from "./service-identity.js";
import { createVerifier } from "./verifier.js";

let directory: string;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  directory = join(await mkdtemp(join(tmpdir(), "charter-identity-")), "identity");
});

afterEach(() => rm(join(directory, ".."), { recursive: true, force: true }));

const load = (service: string) => loadServiceIdentity({ directory, service, clock });

function verifierOf(service: string) {
  const userKeys = staticKeySet([]);
  const serviceKeys = directoryKeySet(directory, { clock });
  return createVerifier({
    service,
    userAudience: "shop",
    userIssuer: "shop.user",
    userKeys,
    serviceKeys,
    clock,
  });
}

describe("loadServiceIdentity", () => {
  it("makes a key that only its owner may read, and publishes the other half", async () => {
    await load("buy");
    expect((await readdir(directory)).toSorted()).toEqual(["buy.key.json", "buy.pub.json"]);
    expect((await stat(join(directory, "buy.key.json"))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(directory, "buy.pub.json"), "utf8"))).not.toHaveProperty("d");
  });

  it("keeps its key over a restart", async () => {
    await load("buy");
    const before = await readFile(join(directory, "buy.key.json"), "utf8");
    await load("buy");
    expect(await readFile(join(directory, "buy.key.json"), "utf8")).toBe(before);
  });

  it("agrees on one key when many start at once", async () => {
    const identities = await Promise.all(Array.from({ length: 20 }, () => load("buy")));
    const verifier = verifierOf("delivery");
    for (const identity of identities) {
      const token = await identity.tokenFor("delivery");
      await expect(verifier.verify(`Bearer ${token}`)).resolves.toEqual({ kind: "service", service: "buy" });
    }
    expect(await readdir(directory)).toHaveLength(2);
  });

  it("agrees on one key between processes", async () => {
    const modules = new URL("./testing/print-key-name.ts", import.meta.url).pathname;
    const flags = [
      "--conditions=charter:source",
      "--import",
      new URL("./testing/register-source.mjs", import.meta.url).href,
    ];
    const run = () => promisify(execFile)(process.execPath, [...flags, modules, directory, "buy"]);
    const names = (await Promise.all([run(), run(), run()])).map(({ stdout }) => stdout.trim());
    expect(names[0]).toMatch(/^[\w-]{43}$/);
    expect(new Set(names).size).toBe(1);
  });

  it("writes the public half again when it was lost", async () => {
    await load("buy");
    await rm(join(directory, "buy.pub.json"));
    await load("buy");
    expect(await readdir(directory)).toContain("buy.pub.json");
  });

  it("refuses a key that others may read, and says what to do", async () => {
    await load("buy");
    await chmod(join(directory, "buy.key.json"), 0o644);
    await expect(load("buy")).rejects.toThrow(/open to other users; run: chmod 600 .*buy\.key\.json/);
  });

  it.each(["", "{", "{}", "null", '{"kty":"OKP","crv":"Ed25519","x":"a","d":"secret","kid":"k"}'])(
    "refuses a damaged key file and does not quote it: %p",
    async (content) => {
      await load("buy");
      await writeFile(join(directory, "buy.key.json"), content);
      const refused = await load("buy").catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(KeyFileError);
      expect(String(refused)).toMatch(/buy\.key\.json is no Ed25519 key file; remove it/);
      expect(String(refused)).not.toContain("secret");
    },
  );

  it.each(["", "../buy", "Buy", "a/b", "a".repeat(64)])("refuses %p as a service name", async (name) => {
    await expect(load(name)).rejects.toBeInstanceOf(KeyFileError);
  });
});

describe("tokenFor", () => {
  it("gives a token that one callee alone accepts", async () => {
    const token = await (await load("buy")).tokenFor("delivery");
    await expect(verifierOf("delivery").verify(`Bearer ${token}`)).resolves.toMatchObject({ service: "buy" });
    await expect(verifierOf("discount").verify(`Bearer ${token}`)).rejects.toThrow("the token is not valid");
  });

  it("reuses a token for four of its five minutes", async () => {
    const identity = await load("buy");
    const first = await identity.tokenFor("delivery");
    await clock.advance(239_999);
    expect(await identity.tokenFor("delivery")).toBe(first);
    await clock.advance(1);
    expect(await identity.tokenFor("delivery")).not.toBe(first);
  });
});

describe("directoryKeySet", () => {
  it("learns of a service that started later", async () => {
    const verifier = verifierOf("delivery");
    const buy = await (await load("buy")).tokenFor("delivery");
    await verifier.verify(`Bearer ${buy}`);
    const discount = await (await load("discount")).tokenFor("delivery");
    await clock.advance(50);
    await expect(verifier.verify(`Bearer ${discount}`)).resolves.toMatchObject({ service: "discount" });
  });

  it("has no keys where there is no directory", async () => {
    await expect(directoryKeySet(directory, { clock }).find("x")).resolves.toBeUndefined();
  });
});
