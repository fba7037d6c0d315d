import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromJson, type JsonObject, toBinary } from "@bufbuild/protobuf";
import { type Channel, createChannel } from "@charter/client";
import { createUserTokenIssuer, generateSigningKey, type SigningKey } from "@charter/identity";
import { openDatabase } from "@charter/postgres";
import { createLogger } from "@charter/telemetry";
import { createTestDatabase, keyedMethodContract, type TestDatabase } from "@charter/testing";
import { systemClock } from "@charter/time";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  LoginResponseSchema,
  RefreshSessionResponseSchema,
  RegisterRequestSchema,
  UserService,
} from "@shop/contract/shop/user/v1/user_service_pb.js";
import { sql } from "kysely";
import { build, type UserProcess } from "./service.js";
import type { UserDatabase, UserSchema } from "./store/schema.js";
import { newestKeys } from "./store/signing-keys.js";

const operator = { email: "Operator@example.org", password: "the operator's password" };
const email = "Ada.Byron@example.org";
const password = "correct horse battery";
const home = {
  recipient: "Augusta Byron",
  lines: ["12 St James's Square"],
  city: "London",
  postalCode: "SW1Y 4JH",
  countryCode: "GB",
};

describe("the user service, served", () => {
  let database: TestDatabase;
  let db: UserDatabase;
  let directory: string;
  let service: UserProcess;
  let channel: Channel;
  const logged: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    db = openDatabase<UserSchema>({ url: database.url, applicationName: "user-test" });
    directory = await mkdtemp(join(tmpdir(), "user-identity-"));
    const destination = { write: (line: string) => void logged.push(line) };
    service = await build({
      host: "127.0.0.1",
      port: 0,
      databaseUrl: database.url,
      identityDirectory: directory,
      operator,
      log: createLogger({ service: "user", level: "trace", destination }),
    });
    channel = createChannel({ targets: { "shop.user.v1": { url: service.url, audience: "user" } } });
  });
  afterAll(async () => {
    channel.close();
    await service.drain();
    await db.close();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  const post = (method: string, body: unknown, token?: string) =>
    fetch(`${service.url}/shop.user.v1.UserService/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
  async function json(method: string, body: unknown, token?: string) {
    const response = await post(method, body, token);
    return { status: response.status, body: (await response.json()) as JsonObject };
  }
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const loginOf = async (credentials: { email: string; password: string }) => {
    const { tokens } = await channel.client(UserService).login(credentials);
    if (!tokens) throw new TypeError("Login answered without tokens");
    return tokens;
  };

  async function signingKey(): Promise<SigningKey> {
    const [newest] = await newestKeys(db, 1);
    if (!newest) throw new TypeError("the service has no signing key");
    return newest.key;
  }

  it("takes a shopper from registration to an address, as JSON over HTTP/1.1", async () => {
    const registered = await json("Register", {
      idempotencyKey: "r1",
      email,
      password,
      displayName: "Augusta",
    });
    expect(registered).toEqual({ status: 200, body: {} });
    const login = await json("Login", { email, password });
    expect(login).toMatchObject({ status: 200, body: { user: { email, displayName: "Augusta" } } });
    const { accessToken = "", refreshToken = "" } = fromJson(LoginResponseSchema, login.body).tokens ?? {};
    const added = await json(
      "AddAddress",
      { idempotencyKey: "a1", label: "Home", postalAddress: home },
      accessToken,
    );
    expect(added).toMatchObject({ status: 200, body: { address: { postalAddress: home, isDefault: true } } });
    const listed = await json("ListAddresses", {}, accessToken);
    expect(listed.body.addresses).toEqual([added.body.address]);
    const refreshed = await json("RefreshSession", { refreshToken });
    const { tokens } = fromJson(RefreshSessionResponseSchema, refreshed.body);
    const me = await json("GetMe", {}, tokens?.accessToken);
    expect(me.body).toEqual({ user: login.body.user });
  });

  it("answers the same over gRPC on the same port", async () => {
    const client = channel.client(UserService);
    await client.register({ idempotencyKey: "r2", email: "grace@example.org", password });
    const { accessToken } = await loginOf({ email: "GRACE@example.org", password });
    const { user } = await client.getMe({}, bearer(accessToken));
    expect(user).toMatchObject({ email: "grace@example.org", roles: [] });
  });

  describe("Register under a key", () => {
    const countOf = async (recipient: string) =>
      (await db.selectFrom("mails").select("mail_id").where("recipient", "=", recipient).execute()).length;
    let recipient = "";
    const send = (request: object) => post("Register", request);
    keyedMethodContract({
      request: async () => {
        recipient = `${randomUUID()}@example.org`;
        return { idempotencyKey: randomUUID(), email: recipient, password };
      },
      otherwise: { displayName: "Somebody else" },
      send,
      effects: () => countOf(recipient),
      domain: "shop.user.v1",
    });

    it("looks at no password again, and keeps nothing that could be checked quickly", async () => {
      const request = { idempotencyKey: randomUUID(), email: "fay@example.org", password };
      await send(request);
      const { rows } = await sql<{ fingerprint: Buffer }>`
        SELECT fingerprint FROM charter_answer WHERE key = ${request.idempotencyKey}`.execute(db);
      expect((await send({ ...request, password: "another password" })).status).toBe(200);
      const compared = toBinary(
        RegisterRequestSchema,
        create(RegisterRequestSchema, { ...request, password: "" }),
      );
      expect(rows[0]?.fingerprint).toEqual(createHash("sha256").update(compared).digest());
    });
  });

  describe("AddAddress under a key", () => {
    let token: string;
    const send = (request: object) => post("AddAddress", request, token);
    const effects = async () => (await db.selectFrom("addresses").select("address_id").execute()).length;
    const request = () => ({ idempotencyKey: randomUUID(), label: "Home", postalAddress: home });
    beforeAll(async () => {
      const shopper = { email: "kim@example.org", password };
      await json("Register", { idempotencyKey: "kim", ...shopper });
      token = (await loginOf(shopper)).accessToken;
    });
    keyedMethodContract({
      request: async () => request(),
      otherwise: { label: "Office" },
      send,
      effects,
      domain: "shop.user.v1",
    });

    it("keeps the answer for the day that the contract says, and no longer", async () => {
      const sent = request();
      const first = await (await send(sent)).text();
      const age = (hours: number) =>
        sql`UPDATE charter_answer SET created_at = created_at - ${hours}::float8 * interval '1 hour'
          WHERE key = ${sent.idempotencyKey}`.execute(db);
      await age(23);
      expect(await (await send(sent)).text()).toBe(first);
      const before = await effects();
      await age(1);
      expect(await (await send(sent)).text()).not.toBe(first);
      expect(await effects()).toBe(before + 1);
    });
  });

  it("leaves no promise of its contract to its handlers", () => {
    expect(logged.join("")).not.toContain("not enforced");
  });

  it("publishes the same keys by RPC and as a document", async () => {
    const document = await (await fetch(`${service.url}/.well-known/jwks.json`)).json();
    const { keys } = await channel.client(UserService).getKeySet({});
    expect(document).toEqual({ keys: keys.map(({ $typeName: _, ...key }) => key) });
    expect(keys).toHaveLength(1);
  });

  it("refuses a token that is missing, forged, expired or garbage, each the same way", async () => {
    const client = channel.client(UserService);
    const [key] = (await client.getKeySet({})).keys;
    const tokenOf = async (signer: SigningKey, ageMs: number) => {
      const clock = { ...systemClock, nowMs: () => systemClock.nowMs() - ageMs };
      const issuer = createUserTokenIssuer({
        issuer: "shop.user",
        audience: "shop",
        currentKey: () => signer,
        clock,
      });
      const claims = { subject: "0190a000-0000-7000-8000-000000000001", roles: ["operator"], sessionId: "s" };
      return (await issuer.issue(claims)).token;
    };
    const forged = await tokenOf({ ...(await generateSigningKey()), kid: key?.kid ?? "" }, 0);
    const stranger = await tokenOf(await generateSigningKey(), 0);
    const expired = await tokenOf(await signingKey(), 11 * 60_000);
    const valid = await tokenOf(await signingKey(), 0);
    await expect(client.getMe({}, bearer(valid))).rejects.toMatchObject({ code: Code.NotFound });
    const { accessToken } = await loginOf(operator);
    const tampered = `${accessToken.slice(0, -4)}AAAA`;
    for (const token of [forged, stranger, expired, tampered, "garbage", ""]) {
      await expect(client.getMe({}, bearer(token))).rejects.toMatchObject({ code: Code.Unauthenticated });
      expect(await json("GetMe", {}, token || " ")).toMatchObject({
        status: 401,
        body: { code: "unauthenticated" },
      });
    }
    expect((await json("GetMe", {})).status).toBe(401);
  });

  it("refuses a request that breaks a rule of its fields, and names the field", async () => {
    const refused = await json("Register", { idempotencyKey: "r3", email: "no address", password: "short" });
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid_argument" } });
    const details = JSON.stringify(refused.body.details);
    expect(details).toContain("email");
    expect(details).toContain("password");
    expect(details).not.toContain("no address");
  });

  it("lets only operators import customers, and those have ids that last", async () => {
    const client = channel.client(UserService);
    async function* customers() {
      yield { externalRef: "online-retail:17850", countryCode: "GB" };
      yield { externalRef: "online-retail:13047" };
    }
    const { accessToken } = await loginOf({ email, password });
    await expect(client.importCustomers(customers(), bearer(accessToken))).rejects.toMatchObject({
      code: Code.PermissionDenied,
    });
    const operators = bearer((await loginOf(operator)).accessToken);
    const first = await client.importCustomers(customers(), operators);
    expect(first).toMatchObject({ imported: 2n, unchanged: 0n });
    const again = await client.importCustomers(customers(), operators);
    expect(again).toMatchObject({ imported: 0n, unchanged: 2n, customers: first.customers });
  });

  it("says that a method is not built yet", async () => {
    const { accessToken } = await loginOf(operator);
    expect(await json("ListSessions", {}, accessToken)).toMatchObject({
      status: 501,
      body: { code: "unimplemented" },
    });
  });

  it("has written no personal data and no secret into its log", async () => {
    await json("Login", { email, password: "a wrong password" });
    await json("Login", { email: "not-an-address-but-secret", password });
    const { accessToken, refreshToken } = await loginOf({ email, password });
    const text = logged.join("");
    expect(text).toContain("UserService/Login");
    expect(text).toContain("mail written to the outbox");
    const secrets = [email, email.toLowerCase(), password, "a wrong password", "Augusta", home.postalCode];
    for (const secret of [...secrets, operator.email, operator.password, accessToken, refreshToken]) {
      expect(text).not.toContain(secret);
    }
    expect(text).not.toContain("not-an-address-but-secret");
  });
});
