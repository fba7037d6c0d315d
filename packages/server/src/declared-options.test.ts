import type { DescMethod, JsonObject } from "@bufbuild/protobuf";
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { ManualClock } from "@charter/testing";
import { sleep } from "@charter/time";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { memoryIdempotencyStore } from "./testing/memory-idempotency-store.js";
import { type OutsideAnswer, type OutsideCall, outsideClients } from "./testing/outside-clients.js";
import { shelfImplementation } from "./testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";
import { wires } from "./testing/wires.js";

const { echo, whoAmI, putItem, clearShelves, lendItem, listItems, countItems, unbuilt } = ShelfService.method;

type Expected = Partial<OutsideAnswer> & { readonly count?: number };
type Row = [
  option: string,
  observed: string,
  method: DescMethod,
  call: Partial<OutsideCall>,
  expected: Expected,
];

const one = (request: JsonObject = {}) => ({ requests: [request] });
const many = (count: number) => ({ requests: Array.from({ length: count }, () => ({ quantity: 1 })) });
const put = (ownerId: string) =>
  one({ shelf: { ownerId }, items: [{ sku: "a", quantity: 1 }], idempotencyKey: `put ${ownerId}` });
const alice = "user alice";
const operator = "user bob operator";
const TOO_LARGE = { code: "resource_exhausted", reason: "REQUEST_TOO_LARGE" };
const TOO_LONG = { code: "resource_exhausted", reason: "STREAM_TOO_LONG" };
const TOO_LATE = { code: "deadline_exceeded" };
const ABSENT = { code: "not_found", reason: "NOT_FOUND" };
const NOBODY = { code: "unauthenticated", reason: "TOKEN_MISSING" };
const REFUSED = { code: "permission_denied", reason: "NOT_PERMITTED" };
const INVALID = { code: "invalid_argument", reason: "REQUEST_INVALID" };

const rows: Row[] = [
  ["deadline", "passes for a unary call", echo, { ...one({ text: "never" }), timeoutMs: 200 }, TOO_LATE],
  ["deadline", "passes for a stream", listItems, { ...one({ count: 7 }), timeoutMs: 200 }, TOO_LATE],
  ["payload.max_request", "a unary request too large", echo, { ...one(), padding: 65_536 }, TOO_LARGE],
  [
    "payload.max_request",
    "one too large in a stream",
    countItems,
    { ...many(2), padding: 65_536 },
    TOO_LARGE,
  ],
  [
    "payload.max_response",
    "a unary answer too large",
    echo,
    one({ text: "large" }),
    {
      code: "resource_exhausted",
      reason: "RESPONSE_TOO_LARGE",
    },
  ],
  ["stream.max_messages", "as many as declared", listItems, one({ count: 100 }), { code: "ok", count: 100 }],
  ["stream.max_messages", "one more answer", listItems, one({ count: 101 }), TOO_LONG],
  ["stream.max_messages", "one more request", countItems, many(101), TOO_LONG],
  [
    "stream.max_idle",
    "silence",
    listItems,
    one({ count: 7 }),
    { code: "deadline_exceeded", reason: "STREAM_IDLE" },
  ],
  [
    "stream.max_age",
    "old age",
    listItems,
    one({ count: 8 }),
    { code: "deadline_exceeded", reason: "STREAM_TOO_OLD" },
  ],
  ["auth.public", "nobody in particular", echo, one(), { code: "ok" }],
  ["auth.public", "nobody in particular, streaming", listItems, one({ count: 1 }), { code: "ok", count: 1 }],
  ["auth.authenticated", "nobody", whoAmI, one(), NOBODY],
  ["auth.authenticated", "a user", whoAmI, { ...one(), token: alice }, { responses: [{ subject: "alice" }] }],
  ["auth.rule.roles", "with the role", clearShelves, { ...one(), token: operator }, { code: "ok" }],
  ["auth.rule.roles", "without it", clearShelves, { ...one(), token: alice }, REFUSED],
  [
    "auth.rule.scopes",
    "with the scope",
    clearShelves,
    { ...one(), token: "user bob shelf.write" },
    { code: "ok" },
  ],
  ["auth.rule.callers", "the service", clearShelves, { ...one(), token: "service keeper" }, { code: "ok" }],
  ["auth.rule.callers", "another service", clearShelves, { ...one(), token: "service other" }, REFUSED],
  ["auth.rule.owner", "the owner", putItem, { ...put("alice"), token: alice }, { code: "ok" }],
  ["auth.rule.owner", "somebody else", putItem, { ...put("bob"), token: alice }, ABSENT],
  [
    "auth.rule.cel",
    "holds",
    lendItem,
    { ...one({ readerId: "alice", days: 14 }), token: alice },
    { code: "ok" },
  ],
  [
    "auth.rule.cel",
    "does not hold",
    lendItem,
    { ...one({ readerId: "alice", days: 15 }), token: alice },
    ABSENT,
  ],
  ["field rules", "a unary request", echo, one({ quantity: -1 }), INVALID],
  ["field rules", "one of a stream", countItems, { requests: [{ quantity: 1 }, { quantity: -1 }] }, INVALID],
  ["errors", "a bug", echo, one({ text: "bug" }), { code: "internal", reason: "INTERNAL" }],
  [
    "errors",
    "a bug in a stream",
    listItems,
    one({ count: 9 }),
    { code: "internal", reason: "INTERNAL", count: 1 },
  ],
  ["errors", "what is not built", unbuilt, one(), { code: "unimplemented", reason: "NOT_IMPLEMENTED" }],
];

/** Longer than any bound of the shelf, shorter than the server waits for the acknowledgement of its settings. */
const FOREVER_MS = 6_000;

describe.each(wires)("on the wire %s", (wire) => {
  let shelf: StartedShelf;
  let puts = 0;
  const clock = new ManualClock();
  /** Work that takes so long, of the only clock that the server has. */
  const work = (ms: number, signal: AbortSignal) => {
    const done = sleep(clock, ms, signal);
    void clock.advance(ms);
    return done;
  };
  beforeAll(async () => {
    shelf = await startShelf({
      wire,
      clock,
      idempotency: { store: memoryIdempotencyStore(clock) },
      implementations: [
        shelfImplementation({
          async echo({ text, quantity }, { signal, deadline }) {
            if (text === "never") await work(FOREVER_MS, signal);
            if (text === "bug") throw new Error("a bug");
            if (text === "remaining") return { quantity: deadline.remainingMs() };
            return { text: text === "large" ? "x".repeat(131_073) : text, quantity };
          },
          putItem: async () => {
            puts += 1;
            return { count: puts };
          },
          async *listItems({ count }, { signal }) {
            for (let index = 0; index < count; index += 1) {
              yield { index };
              if (count === 9) throw new Error("a bug");
              if (count === 7) await work(FOREVER_MS, signal);
              if (count === 8) await work(500, signal);
            }
          },
        }),
      ],
    });
  });
  // It waits for callers to hang up, for a time of its clock.
  afterAll(() => Promise.all([shelf.stop(), clock.advance(FOREVER_MS)]));

  describe.each(Object.entries(outsideClients))("a client that is not ours, %s", (_, send) => {
    it.each(rows)("%s: %s", async (_option, _observed, method, call, { count, ...expected }) => {
      const answer = await send({ url: shelf.url, method, requests: [], ...call });
      expect(answer).toMatchObject(expected);
      expect(answer.responses.length).toBe(count ?? answer.responses.length);
    });

    it.each([
      ["the default", undefined, 2_000, 2_000],
      // Clients count what they ask for down until it leaves.
      ["what was asked for", 4_999, 2_001, 4_999],
      ["no more than the most", 60_000, 5_000, 5_000],
    ])("deadline: is %s", async (_what, timeoutMs, leastMs, mostMs) => {
      const asked = { ...one({ text: "remaining" }), ...(timeoutMs !== undefined && { timeoutMs }) };
      const { responses } = await send({ url: shelf.url, method: echo, ...asked });
      const remainingMs = Number(responses[0]?.quantity);
      expect(remainingMs).toBeGreaterThanOrEqual(leastMs);
      expect(remainingMs).toBeLessThanOrEqual(mostMs);
    });

    it("idempotency: a repeat has the first answer and no second effect, another request is refused", async () => {
      const key = `${wire} ${send.name}`;
      const request = {
        shelf: { ownerId: "alice" },
        items: [{ sku: "a", quantity: 1 }],
        idempotencyKey: key,
      };
      const call = { url: shelf.url, method: putItem, token: alice };
      const first = await send({ ...call, requests: [request] });
      expect(first.code).toBe("ok");
      const before = puts;
      expect(await send({ ...call, requests: [request] })).toEqual(first);
      const other = { ...request, items: [{ sku: "b", quantity: 1 }] };
      expect(await send({ ...call, requests: [other] })).toMatchObject({
        code: "failed_precondition",
        reason: "IDEMPOTENCY_KEY_REUSED",
      });
      expect(puts).toBe(before);
    });
  });
});
