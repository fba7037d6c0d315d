import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { ManualClock } from "@charter/testing";
import { createClient } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { RefusalLog } from "../admission/refusal-log.js";
import { Refusals } from "../admission/refusals.js";
import { ChassisError, chassisError, notFound } from "../errors/chassis-error.js";
import { collect } from "../testing/collect.js";
import { fakeCall, run } from "../testing/fake-call.js";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";
import { accessLog } from "./access-log.js";

const procedure = (method: string) => `/charter.testing.v1.ShelfService/${method}`;

describe("the access log of a server", () => {
  let shelf: StartedShelf;
  beforeAll(async () => {
    shelf = await startShelf();
  });
  afterAll(() => shelf.stop());

  const calls = () => shelf.lines.filter((it) => it.msg === "call");

  it.each([
    ["connect", () => createConnectTransport({ baseUrl: shelf.url, httpVersion: "1.1" })],
    ["grpc", () => createGrpcTransport({ baseUrl: shelf.url })],
    ["grpc-web", () => createGrpcWebTransport({ baseUrl: shelf.url, httpVersion: "1.1" })],
  ] as const)("has one line for each call over %s, whatever became of it", async (protocol, transport) => {
    const client = createClient(ShelfService, transport());
    const before = calls().length;
    const headers = { "x-request-id": `of-${protocol}`, authorization: "Bearer user alice" };
    await client.whoAmI({}, { headers });
    await collect(client.listItems({ count: 3 }));
    await expect(client.echo({ quantity: -1 })).rejects.toThrow();
    await expect(client.unbuilt({})).rejects.toThrow();
    expect(calls().slice(before)).toMatchObject([
      {
        level: "info",
        procedure: procedure("WhoAmI"),
        protocol,
        code: "ok",
        subject: "alice",
        requestId: `of-${protocol}`,
        durationMs: expect.any(Number),
        peer: "127.0.0.1",
      },
      { level: "info", procedure: procedure("ListItems"), code: "ok" },
      { level: "warn", procedure: procedure("Echo"), code: "invalid_argument", reason: "REQUEST_INVALID" },
      { level: "warn", procedure: procedure("Unbuilt"), code: "unimplemented", reason: "NOT_IMPLEMENTED" },
    ]);
  });
});

describe("a line of the access log", () => {
  let shelf: StartedShelf;
  beforeAll(async () => {
    shelf = await startShelf();
  });
  afterAll(() => shelf.stop());

  const client = () => createClient(ShelfService, createGrpcTransport({ baseUrl: shelf.url }));
  const lastCall = () => shelf.lines.filter((it) => it.msg === "call").at(-1);

  it("names the trace and the attempt that the caller says", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const headers = {
      traceparent: `00-${traceId}-00f067aa0ba902b7-00`,
      "grpc-previous-rpc-attempts": "2",
    };
    await client().echo({}, { headers });
    expect(lastCall()).toMatchObject({ traceId, attempt: 3 });
  });

  it.each(["-1", "x", "1000", ""])("takes %j for no word of earlier attempts", async (before) => {
    await client().echo({}, { headers: { "grpc-previous-rpc-attempts": before } });
    expect(lastCall()).toMatchObject({ attempt: 1 });
    expect(lastCall()).not.toHaveProperty("traceId");
  });

  it("tells how many bytes went each way", async () => {
    await client().echo({ text: "x".repeat(100) });
    expect(lastCall()).toMatchObject({ bytesIn: 102, bytesOut: 102 });
    expect(lastCall()).not.toHaveProperty("messagesIn");
  });

  it("tells of a stream how many messages went each way", async () => {
    await collect(client().listItems({ count: 4 }));
    expect(lastCall()).toMatchObject({ messagesIn: 1, messagesOut: 4, bytesOut: 6 });
  });
});

describe("accessLog", () => {
  async function linesOf(
    log: { level: "debug" | "info" | "none"; sample: number },
    random: number,
    error?: Error,
  ) {
    const { call, lines } = fakeCall({ policy: { log } });
    const clock = new ManualClock();
    const outcome = run(
      accessLog(clock, new RefusalLog(call.log, clock), () => random),
      call,
      error ? { error } : { values: [1] },
    );
    await outcome.catch(() => undefined);
    return lines.map((it) => it.level);
  }

  it.each([
    ["info", 1, 0.99, ["info"]],
    ["debug", 1, 0.99, ["debug"]],
    ["none", 1, 0, []],
    ["info", 0.5, 0.49, ["info"]],
    ["info", 0.5, 0.5, []],
  ] as const)(
    "logs a success at level %s, sample %d, draw %d as %j",
    async (level, sample, random, expected) => {
      expect(await linesOf({ level, sample }, random)).toEqual(expected);
    },
  );

  it.each([
    ["warn", notFound()],
    ["error", chassisError(ChassisError.INTERNAL)],
  ])("logs a failure always, as %s", async (level, error) => {
    expect(await linesOf({ level: "none", sample: 0 }, 0.5, error)).toEqual([level]);
  });

  it("logs calls that are refused for load together, once a second", async () => {
    const { call, lines } = fakeCall();
    const clock = new ManualClock();
    const layer = accessLog(clock, new RefusalLog(call.log, clock));
    const refusals = new Refusals();
    for (let count = 0; count < 3; count += 1)
      await run(layer, call, { error: refusals.next() }).catch(() => undefined);
    expect(lines).toEqual([]);
    await clock.advance(1_000);
    expect(lines).toMatchObject([{ level: "warn", calls: { [procedure("Echo")]: 3 } }]);
    expect(clock.pendingTimers).toBe(0);
  });
});
