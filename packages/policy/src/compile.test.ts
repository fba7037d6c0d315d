import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { Code } from "@charter/contract/charter/v1/code_pb.js";
import {
  Balance_Policy as Balance,
  Criticality,
  Log_Level as LogLevel,
  Rate_Key as RateKey,
} from "@charter/contract/charter/v1/options_pb.js";
import { describe, expect, it } from "@jest/globals";
import { compileMethod, compileService, PolicyError } from "./index.js";
import { buildMethod, type MethodUnderTest, open } from "./testing/build-method.js";

/** Compiles a method that is open to anybody unless it says otherwise. */
const compile = ({ method, ...around }: MethodUnderTest) =>
  compileMethod(buildMethod({ ...around, method: { ...open, ...method } }));

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof PolicyError) return error.problems.map((it) => it.option);
    throw error;
  }
  return [];
}

describe("compileMethod", () => {
  it("fills in the built-in defaults, none of which is without a bound", () => {
    expect(compile({})).toEqual({
      procedure: "/test.v1.Things/Get",
      kind: "unary",
      effects: "effects",
      deadline: { defaultMs: 5_000, maxMs: 30_000 },
      payload: { maxRequestBytes: 1_048_576, maxResponseBytes: 4_194_304 },
      stream: { maxIdleMs: 30_000, maxAgeMs: 3_600_000, maxMessages: undefined },
      concurrency: { maxInFlight: 256, adaptive: true, maxQueue: 64, maxQueueTimeMs: 100 },
      rate: [],
      auth: { kind: "public" },
      breaker: { failureRatio: 0.5, minCalls: 20, windowMs: 10_000, openForMs: 5_000 },
      balance: { kind: "p2c_ewma" },
      criticality: "default",
      log: { level: "info", sample: 1 },
      provenance: expect.any(Object),
    });
  });

  it("lets the method win over the service over the file, value by value, and tells whence each came", () => {
    const policy = compile({
      method: { deadline: { defaultMs: 100 } },
      service: { deadline: { defaultMs: 200, maxMs: 2_000 }, log: { level: LogLevel.NONE } },
      file: {
        deadline: { maxMs: 9_000 },
        payload: { maxRequestBytes: 10 },
        criticality: Criticality.CRITICAL,
      },
    });
    expect(policy).toMatchObject({
      deadline: { defaultMs: 100, maxMs: 2_000 },
      payload: { maxRequestBytes: 10, maxResponseBytes: 4_194_304 },
      criticality: "critical",
      log: { level: "none" },
      provenance: {
        auth: "method",
        "deadline.defaultMs": "method",
        "deadline.maxMs": "service",
        "log.level": "service",
        "payload.maxRequestBytes": "file",
        criticality: "file",
        "payload.maxResponseBytes": "default",
      },
    });
  });

  it("reads every option", () => {
    const policy = compile({
      level: Level.NO_SIDE_EFFECTS,
      method: {
        auth: {
          kind: {
            case: "rule",
            value: {
              id: "owner",
              roles: ["r"],
              scopes: ["s"],
              callers: ["c"],
              owner: "owner.user_id",
              cel: "true",
            },
          },
        },
        stream: { maxIdleMs: 7, maxAgeS: 8, maxMessages: 9 },
        concurrency: { maxInFlight: 1, adaptive: false, maxQueue: 0, maxQueueTimeMs: 0 },
        rate: [{ key: RateKey.ADDRESS, requests: 5, perMs: 1_000 }],
        idempotency: { keyField: "id", ignoredFields: ["count"] },
        retry: { maxAttempts: 4, backoffMs: 10, maxBackoffMs: 20, multiplier: 3, codes: [Code.ABORTED] },
        hedge: { delayMs: 30 },
        breaker: { failureRatio: 1, minCalls: 2, windowMs: 3, openForMs: 4 },
        balance: { policy: Balance.HASH, hashField: "id" },
        fallback: { kind: { case: "message", value: '{"name": "none"}' } },
        objective: { availability: 0.5, latencyMs: 6 },
        log: { level: LogLevel.DEBUG, sample: 0 },
      },
    });
    expect(policy).toMatchObject({
      effects: "none",
      auth: {
        kind: "rule",
        id: "owner",
        roles: ["r"],
        scopes: ["s"],
        callers: ["c"],
        owner: "owner.user_id",
        cel: "true",
      },
      stream: { maxIdleMs: 7, maxAgeMs: 8_000, maxMessages: 9 },
      concurrency: { maxInFlight: 1, adaptive: false, maxQueue: 0, maxQueueTimeMs: 0 },
      rate: [{ key: "address", requests: 5, perMs: 1_000, burst: 5 }],
      idempotency: { keyField: "id", retentionMs: 86_400_000, ignoredFields: ["count"] },
      retry: { maxAttempts: 4, backoffMs: 10, maxBackoffMs: 20, multiplier: 3, codes: [Code.ABORTED] },
      hedge: { delayMs: 30, maxAttempts: 2 },
      breaker: { failureRatio: 1, minCalls: 2, windowMs: 3, openForMs: 4 },
      balance: { kind: "hash", hashField: "id" },
      fallback: { kind: "message", message: { name: "none" } },
      objective: { availability: 0.5, latencyMs: 6, quantile: 0.99 },
      log: { level: "debug", sample: 0 },
    });
  });

  it.each([
    ["stale", { case: "stale", value: { maxAgeS: 2 } }, { kind: "stale", maxAgeMs: 2_000 }],
    ["empty", { case: "empty", value: true }, { kind: "empty" }],
    [
      "method",
      { case: "method", value: "test.v1.Things.Peek" },
      { kind: "method", method: "/test.v1.Things/Peek" },
    ],
  ] as const)("reads the fallback %s", (_, kind, expected) => {
    expect(compile({ method: { fallback: { kind } } }).fallback).toEqual(expected);
  });

  it("turns an inherited retry and hedge off", () => {
    const policy = compile({
      service: { retry: { maxAttempts: 3 }, hedge: { delayMs: 5 } },
      method: { retry: { maxAttempts: 1 }, hedge: { maxAttempts: 1 } },
    });
    expect([policy.retry, policy.hedge]).toEqual([undefined, undefined]);
  });

  it("cannot be changed afterwards", () => {
    const { deadline } = compile({});
    expect(() => Object.assign(deadline, { maxMs: 1 })).toThrow(TypeError);
  });

  it("takes defaults for contracts without options", () => {
    expect(compileMethod(buildMethod({}), open)).toMatchObject({
      auth: { kind: "public" },
      provenance: { auth: "default" },
    });
  });
});

describe("compileMethod refuses", () => {
  const rule = (value: object) => ({
    auth: { kind: { case: "rule" as const, value: { id: "rule", ...value } } },
  });

  it.each<[string, MethodUnderTest, string[]]>([
    [
      "a default deadline over the maximum",
      { method: { deadline: { defaultMs: 2, maxMs: 1 } } },
      ["deadline.default_ms"],
    ],
    ["no time at all", { method: { deadline: { defaultMs: 0 } } }, ["deadline.default_ms"]],
    ["a deadline of days", { method: { deadline: { maxMs: 4_000_000_000 } } }, ["deadline.max_ms"]],
    ["empty messages only", { method: { payload: { maxRequestBytes: 0 } } }, ["payload.max_request_bytes"]],
    [
      "messages beyond memory",
      { method: { payload: { maxResponseBytes: 4_000_000_000 } } },
      ["payload.max_response_bytes"],
    ],
    [
      "a stream without time",
      { method: { stream: { maxIdleMs: 0, maxAgeS: 0, maxMessages: 0 } } },
      ["stream.max_idle_ms", "stream.max_age_s", "stream.max_messages"],
    ],
    ["no call at all", { method: { concurrency: { maxInFlight: 0 } } }, ["concurrency.max_in_flight"]],
    ["an empty bucket", { method: { rate: [{}] } }, ["rate[0].key", "rate[0].requests", "rate[0].per_ms"]],
    ["public: false", { method: { auth: { kind: { case: "public", value: false } } } }, ["auth.public"]],
    ["a rule without conditions", { method: rule({}) }, ["auth.rule"]],
    ["a rule without a name", { method: rule({ id: "", roles: ["r"] }) }, ["auth.rule.id"]],
    ["an owner that is no field", { method: rule({ owner: "nobody" }) }, ["auth.rule.owner"]],
    ["an owner that is a number", { method: rule({ owner: "count" }) }, ["auth.rule.owner"]],
    ["an owner that is many", { method: rule({ owner: "tags" }) }, ["auth.rule.owner"]],
    ["an owner that is a message", { method: rule({ owner: "owner" }) }, ["auth.rule.owner"]],
    ["an owner beyond a string", { method: rule({ owner: "id.user_id" }) }, ["auth.rule.owner"]],
    [
      "a field to ignore that is none",
      { method: { idempotency: { keyField: "id", ignoredFields: ["nom"] } } },
      ["idempotency.ignored_fields"],
    ],
    ["a key that is no field", { method: { idempotency: { keyField: "key" } } }, ["idempotency.key_field"]],
    ["a retry of effects", { method: { retry: {} } }, ["retry"]],
    [
      "a retry beyond reason",
      {
        level: Level.IDEMPOTENT,
        method: { retry: { maxAttempts: 9, backoffMs: 5_000, multiplier: 0, codes: [Code.OK_UNSPECIFIED] } },
      },
      ["retry.max_attempts", "retry.backoff_ms", "retry.multiplier", "retry.codes"],
    ],
    [
      "a hedge of what has effects",
      { level: Level.IDEMPOTENT, method: { hedge: { delayMs: 1 } } },
      ["hedge"],
    ],
    [
      "a hedge without delay",
      { level: Level.NO_SIDE_EFFECTS, method: { hedge: { maxAttempts: 4 } } },
      ["hedge.max_attempts", "hedge.delay_ms"],
    ],
    [
      "a breaker that never closes",
      { method: { breaker: { failureRatio: 0, minCalls: 0, windowMs: 0, openForMs: 0 } } },
      ["breaker.failure_ratio", "breaker.min_calls", "breaker.window_ms", "breaker.open_for_ms"],
    ],
    ["a hash of no field", { method: { balance: { policy: Balance.HASH } } }, ["balance.hash_field"]],
    [
      "a hash field without a hash",
      { method: { balance: { policy: Balance.ROUND_ROBIN, hashField: "id" } } },
      ["balance.hash_field"],
    ],
    ["a fallback that says nothing", { method: { fallback: {} } }, ["fallback"]],
    [
      "a fallback that is stale at once",
      { method: { fallback: { kind: { case: "stale", value: {} } } } },
      ["fallback.stale.max_age_s"],
    ],
    [
      "a fallback message of another type",
      { method: { fallback: { kind: { case: "message", value: '{"nam": 1}' } } } },
      ["fallback.message"],
    ],
    [
      "a fallback to no method",
      { method: { fallback: { kind: { case: "method", value: "test.v1.Things.Gone" } } } },
      ["fallback.method"],
    ],
    [
      "a fallback to itself",
      { method: { fallback: { kind: { case: "method", value: "test.v1.Things.Get" } } } },
      ["fallback.method"],
    ],
    [
      "a fallback of another shape",
      { method: { fallback: { kind: { case: "method", value: "test.v1.Things.Other" } } } },
      ["fallback.method"],
    ],
    [
      "an objective beyond perfection",
      { method: { objective: { availability: 1, quantile: 2 } } },
      ["objective.availability", "objective.quantile", "objective.latency_ms"],
    ],
    ["a sample of more than all", { method: { log: { sample: 2 } } }, ["log.sample"]],
  ])("%s", (_, method, options) => {
    expect(problemsOf(() => compile(method))).toEqual(options);
  });

  it("a method that no auth covers, together with all else that is wrong with it", () => {
    const method = buildMethod({ method: { deadline: { defaultMs: 0 }, retry: {} } });
    expect(problemsOf(() => compileMethod(method))).toEqual(["deadline.default_ms", "auth", "retry"]);
    expect(() => compileMethod(method)).toThrow("/test.v1.Things/Get: auth: is missing");
  });
});

describe("compileService", () => {
  it("compiles every method of a generated service", () => {
    const { typeName, methods } = compileService(ShelfService);
    expect(typeName).toBe("charter.testing.v1.ShelfService");
    expect([...methods.keys()]).toEqual(ShelfService.methods.map((it) => it.localName));
    expect(methods.get("putItem")).toMatchObject({
      procedure: "/charter.testing.v1.ShelfService/PutItem",
      auth: { kind: "rule", owner: "shelf.owner_id" },
      deadline: { defaultMs: 2_000 },
      provenance: { auth: "method", "deadline.defaultMs": "service" },
    });
  });

  it("names the problems of all methods", () => {
    const { parent } = buildMethod({ method: open });
    expect(problemsOf(() => compileService(parent))).toEqual(["auth", "auth"]);
  });
});
