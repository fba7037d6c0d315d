import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescField, DescMessage, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { type Observability, observabilityFromEnvironment } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import {
  createTestDatabase,
  type OtlpReceiver,
  startOtlpReceiver,
  type TestDatabase,
} from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { build, type UserProcess } from "./service.js";

/** Stands in everything that must be shown nowhere. */
const CANARY = "canary5d81";
const operator = { email: "operator@example.org", password: "the operator's password" };
/** A password must not repeat its account's address. */
const ada = { email: `${CANARY}@example.org`, password: "correct horse battery staple" };

/** A request with a canary in every text that must not be shown; the rest is left out, so that some requests break rules. */
function canaries(message: DescMessage, hidden = false): JsonObject {
  return Object.fromEntries(message.fields.flatMap((field) => canaryIn(field, hidden)));
}

function canaryIn(field: DescField, hidden: boolean): [string, JsonValue][] {
  const secret = hidden || field.proto.options?.debugRedact === true;
  const value = field.message && field.fieldKind === "message" ? canaries(field.message, secret) : CANARY;
  if (field.fieldKind === "message")
    return Object.keys(Object(value)).length > 0 ? [[field.jsonName, value]] : [];
  if (!secret || field.fieldKind === "map" || field.fieldKind === "enum") return [];
  return [[field.jsonName, field.fieldKind === "list" ? [value] : value]];
}

describe("personal data given to the user service", () => {
  let database: TestDatabase;
  let directory: string;
  let collector: OtlpReceiver;
  let observability: Observability;
  let service: UserProcess;
  const logged: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), "user-identity-"));
    collector = await startOtlpReceiver();
    const destination = { write: (line: string) => void logged.push(line) };
    const log = createLogger({ service: "user", level: "trace", destination });
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    observability = await observabilityFromEnvironment(environment, { service: "user", log });
    service = await build({
      host: "127.0.0.1",
      port: 0,
      databaseUrl: database.url,
      identityDirectory: directory,
      operator,
      log,
      observability,
    });
  });
  afterAll(async () => {
    await service.drain();
    await observability.shutdown();
    await collector.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  async function call(method: string, body: JsonObject, token?: string): Promise<JsonObject> {
    const answer = await fetch(`${service.url}/shop.user.v1.UserService/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    // What a caller is answered on success is its own data.
    if (!answer.ok) errors.push(text);
    return answer.ok ? JSON.parse(text) : {};
  }

  async function login(credentials: { email: string; password: string }): Promise<string> {
    const { tokens } = await call("Login", { ...credentials, clientLabel: `${CANARY}'s browser` });
    return String(Object(tokens).accessToken);
  }

  it("stands in no log line, trace, metric or error", async () => {
    await call("Register", { idempotencyKey: "1", ...ada, displayName: CANARY });
    await call("Register", { idempotencyKey: "2", ...ada, displayName: CANARY });
    await call("Login", { ...ada, password: `not ${ada.password}` });
    const token = await login(ada);
    const postalAddress = {
      recipient: CANARY,
      lines: [`1 ${CANARY} Street`],
      city: CANARY,
      postalCode: "SW1Y 4JH",
      countryCode: "GB",
    };
    await call("AddAddress", { idempotencyKey: "3", label: CANARY, postalAddress }, token);
    const staff = await login(operator);
    expect([token, staff]).toEqual([expect.stringMatching(/^ey/), expect.stringMatching(/^ey/)]);
    for (const { name, input, methodKind } of UserService.methods) {
      if (methodKind !== "unary") continue;
      for (const caller of [undefined, token, staff]) await call(name, canaries(input), caller);
    }
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    await service.drain();
    await observability.shutdown();
    expect(errors.length).toBeGreaterThan(20);
    expect(collector.spans.length).toBeGreaterThan(50);
    const details = errors.flatMap((error) =>
      [...error.matchAll(/"value":"([^"]+)"/g)].map(([, value = ""]) =>
        Buffer.from(value, "base64").toString("latin1"),
      ),
    );
    const traces = collector.bodies.map((body) => body.toString("latin1"));
    const shown = [...logged, ...errors, ...details, ...traces, metrics].filter((text) =>
      [CANARY, ada.password, operator.password, token, staff].some((secret) => text.includes(secret)),
    );
    expect(shown).toEqual([]);
  });
});
