import type { DescMethod } from "@bufbuild/protobuf";
import { LimitService } from "@charter/contract/charter/testing/v1/limit_service_pb.js";
import {
  ErrorInfoSchema,
  QuotaFailureSchema,
  RetryInfoSchema,
} from "@charter/contract/google/rpc/error_details_pb.js";
import { ManualClock } from "@charter/testing";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "@jest/globals";
import { implement } from "./index.js";
import { emptyCalls } from "./testing/empty-calls.js";
import { createGate, type Gate } from "./testing/gate.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";
import { wires } from "./testing/wires.js";

const { method } = LimitService;
const alice = { authorization: "Bearer user alice" };
const bob = { authorization: "Bearer user bob" };
const buy = { authorization: "Bearer service buy" };
const user = { authorization: "Bearer service user" };
const sheddable = { "charter-criticality": "sheddable" };
const critical = { "charter-criticality": "critical" };

/** Looks at the server until something shows, at most so often. */
const MAX_LOOKS = 1_000;

/** More than there are refusals with different times to come back. */
const MANY_REFUSALS = 40;

let server: StartedShelf | undefined;
let clock = new ManualClock();
let held: Gate[] = [];
afterEach(async () => {
  for (const gate of held) gate.open();
  const stopped = server?.stop();
  await clock.advance(10_000);
  await stopped;
});

async function start(wire: (typeof wires)[number]): Promise<string> {
  clock = new ManualClock();
  held = [];
  const hold = () => {
    const gate = createGate();
    held.push(gate);
    return gate.opened;
  };
  const answer = async () => ({});
  const stream = async function* () {
    yield {};
  };
  const heldAnswer = () => hold().then(answer);
  const heldStream = async function* () {
    yield {};
    await hold();
  };
  const implementation = implement(LimitService, {
    byAddress: answer,
    bySubject: answer,
    byCaller: answer,
    byAll: answer,
    narrow: heldAnswer,
    queued: heldAnswer,
    streamByAddress: stream,
    streamBySubject: stream,
    streamByCaller: stream,
    streamByAll: stream,
    streamNarrow: heldStream,
    streamQueued: heldStream,
  });
  server = await startShelf({ clock, wire, implementations: [implementation] });
  return server.url;
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    if (await isSo()) return;
    await clock.advance(0);
  }
  throw new Error("it never came so far");
}

const isHeld = () => held.length > 0;
const inMetrics = (line: RegExp) => async () => {
  const answer = await fetch(`${server?.url}/metrics`);
  return line.test(await answer.text());
};
const isQueued = inMetrics(/^rpc_server_queued\{[^}]*\} 1$/m);

const reasonOf = (error: ConnectError | undefined) => error?.findDetails(ErrorInfoSchema)[0]?.reason;

const rows = wires.flatMap((wire) =>
  Object.entries(emptyCalls).flatMap(([client, call]) =>
    (["unary", "stream"] as const).map((kind) => ({ wire, client, kind, call })),
  ),
);

describe.each(rows)("$client on the $wire wire, $kind", ({ wire, kind, call }) => {
  const pick = (unary: DescMethod, stream: DescMethod) => (kind === "unary" ? unary : stream);

  it.each([
    [
      "address",
      pick(method.byAddress, method.streamByAddress),
      [alice, bob],
      {},
      undefined,
      "address 127.0.0.1",
    ],
    ["subject", pick(method.bySubject, method.streamBySubject), [alice, alice], alice, bob, "user alice"],
    ["caller", pick(method.byCaller, method.streamByCaller), [buy, buy], buy, user, "service buy"],
    ["process", pick(method.byAll, method.streamByAll), [alice, bob], user, undefined, "all"],
  ])("a rate per %s", async (_, limited, first, refused, other, subject) => {
    const url = await start(wire);
    for (const header of first) expect(await call(url, limited, header)).toBeUndefined();
    const error = await call(url, limited, refused);
    expect(error?.code).toBe(Code.ResourceExhausted);
    expect(reasonOf(error)).toBe("RATE_LIMITED");
    expect(error?.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds).toBe(1_800n);
    expect(error?.findDetails(QuotaFailureSchema)[0]?.violations[0]?.subject).toBe(subject);
    expect(other && (await call(url, limited, other))).toBeUndefined();
    await clock.advance(1_800_000);
    expect(await call(url, limited, refused)).toBeUndefined();
  });

  it("the hard bound on calls in flight", async () => {
    const url = await start(wire);
    const narrow = pick(method.narrow, method.streamNarrow);
    const first = call(url, narrow);
    await until(isHeld);
    const error = await call(url, narrow);
    expect(error?.code).toBe(Code.ResourceExhausted);
    expect(reasonOf(error)).toBe("OVERLOADED");
    expect(error?.findDetails(RetryInfoSchema)).toHaveLength(1);
    held[0]?.open();
    expect(await first).toBeUndefined();
    const second = call(url, narrow);
    await until(() => held.length === 2);
    held[1]?.open();
    expect(await second).toBeUndefined();
  });

  it("the queue, and how long a call may be in it", async () => {
    const url = await start(wire);
    const queued = pick(method.queued, method.streamQueued);
    const first = call(url, queued);
    await until(isHeld);
    const second = call(url, queued);
    await until(isQueued);
    expect(reasonOf(await call(url, queued))).toBe("OVERLOADED");
    await clock.advance(999);
    expect(await Promise.race([second, "waits"])).toBe("waits");
    await clock.advance(1);
    expect(reasonOf(await second)).toBe("OVERLOADED");
    const third = call(url, queued);
    await until(isQueued);
    held[0]?.open();
    expect(await first).toBeUndefined();
    await until(() => held.length === 2);
    held[1]?.open();
    expect(await third).toBeUndefined();
  });

  it("who goes before whom", async () => {
    const url = await start(wire);
    const queued = pick(method.queued, method.streamQueued);
    const first = call(url, queued);
    await until(isHeld);
    const page = call(url, queued, sheddable);
    await until(isQueued);
    const quote = call(url, queued);
    expect(reasonOf(await page)).toBe("OVERLOADED");
    expect(reasonOf(await call(url, queued, { ...alice, ...critical }))).toBe("OVERLOADED");
    const order = call(url, queued, { ...buy, ...critical });
    expect(reasonOf(await quote)).toBe("OVERLOADED");
    held[0]?.open();
    await first;
    await until(() => held.length === 2);
    held[1]?.open();
    expect(await order).toBeUndefined();
  });
});

describe("a request that does not come to its end", () => {
  it.each(wires)("takes no slot (%s wire)", async (wire) => {
    const url = await start(wire);
    const slow = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("{")) });
    const abort = new AbortController();
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", headers, body: slow, duplex: "half" as const, signal: abort.signal };
    const gone = fetch(`${url}/${LimitService.typeName}/Narrow`, request).catch(() => "gone");
    await until(inMetrics(/^rpc_server_in_flight\{.*"Narrow"\} 1$/m));
    void emptyCalls["Connect by fetch"]?.(url, method.narrow);
    await until(isHeld);
    abort.abort();
    expect(await gone).toBe("gone");
  });
});

describe("a refusal", () => {
  it.each(wires)("comes before the body is read (%s wire)", async (wire) => {
    const url = await start(wire);
    void emptyCalls["gRPC by grpc-js"]?.(url, method.narrow);
    await until(isHeld);
    const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("{")) });
    const answer = await fetch(`${url}/${LimitService.typeName}/Narrow`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      duplex: "half",
    });
    expect(answer.status).toBe(429);
  });

  it.each(wires)("is counted, and told once a second (%s wire)", async (wire) => {
    const url = await start(wire);
    const call = emptyCalls["Connect by fetch"];
    void call?.(url, method.narrow);
    await until(isHeld);
    for (let index = 0; index < 5; index += 1) await call?.(url, method.narrow);
    expect(await inMetrics(/^rpc_server_shed_total\{.*method="Narrow".*cause="queue_full"\} 5$/m)()).toBe(
      true,
    );
    expect(await inMetrics(/^rpc_server_requests_total\{.*"Narrow".*"resource_exhausted"\} 5$/m)()).toBe(
      true,
    );
    await clock.advance(1_000);
    const told = server?.lines.filter((it) => it.calls !== undefined);
    expect(told).toMatchObject([{ calls: { "/charter.testing.v1.LimitService/Narrow": 5 } }]);
  });
});

describe("over HTTP/2 on the charter wire", () => {
  it.each([
    ["Connect", createConnectTransport],
    ["gRPC", createGrpcTransport],
    ["gRPC-Web", createGrpcWebTransport],
  ])("all of many refusals by %s say the same, whatever of them was made before", async (_, transport) => {
    const baseUrl = await start("charter");
    const sessions = new Http2SessionManager(baseUrl);
    const client = createClient(
      LimitService,
      transport({ baseUrl, httpVersion: "2", sessionManager: sessions }),
    );
    const first = client.narrow({});
    await until(isHeld);
    for (let count = 0; count < MANY_REFUSALS; count += 1) {
      const error = await client.narrow({}).then(
        () => undefined,
        (thrown: unknown) => ConnectError.from(thrown),
      );
      expect(error?.code).toBe(Code.ResourceExhausted);
      expect(reasonOf(error)).toBe("OVERLOADED");
      expect(error?.findDetails(RetryInfoSchema)).toHaveLength(1);
    }
    held[0]?.open();
    await first;
    sessions.abort();
  });
});
