import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { idempotencyStoreContract, ManualClock } from "@charter/testing";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Handler } from "../index.js";
import { createGate } from "../testing/gate.js";
import { memoryIdempotencyStore } from "../testing/memory-idempotency-store.js";
import { shelfImplementation } from "../testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";

type PutItem = Handler<typeof ShelfService.method.putItem>;

const PATH = `/${ShelfService.typeName}/PutItem`;

describe("the store of the tests", () => {
  const clock = new ManualClock();
  const store = memoryIdempotencyStore(clock);
  idempotencyStoreContract({ store: () => store, age: (ms) => clock.advance(ms) });
});

describe("a method with an idempotency key", () => {
  let shelf: StartedShelf;
  let clock: ManualClock;
  let runs: number;
  let putItem: PutItem;

  beforeEach(async () => {
    runs = 0;
    putItem = async () => {
      runs += 1;
      return { count: runs };
    };
    clock = new ManualClock();
    shelf = await startShelf({
      implementations: [shelfImplementation({ putItem: (request, call) => putItem(request, call) })],
      idempotency: { store: memoryIdempotencyStore(clock) },
    });
  });
  afterEach(() => shelf.stop());

  const post = (body: object, user = "alice") =>
    fetch(`${shelf.url}${PATH}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer user ${user}` },
      body: JSON.stringify(body),
    });
  const put = (key: string, owner = "alice", sku = "a") => ({
    shelf: { ownerId: owner },
    items: [{ sku, quantity: 1 }],
    idempotencyKey: key,
  });
  const answer = async (response: Promise<Response>) => (await response).text();

  it("answers a repeat byte for byte as at first, and has no second effect", async () => {
    const first = await answer(post(put("k")));
    expect(first).toBe('{"count":1}');
    expect(await answer(post(put("k")))).toBe(first);
    expect(await answer(post(put("another")))).toBe('{"count":2}');
    expect(runs).toBe(2);
  });

  it("refuses the key with another request", async () => {
    await post(put("k"));
    const refused = await post(put("k", "alice", "b"));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      code: "failed_precondition",
      details: [{ debug: { reason: "IDEMPOTENCY_KEY_REUSED", domain: "charter.v1" } }],
    });
    expect(runs).toBe(1);
  });

  it("compares all but the fields that the contract leaves out", async () => {
    expect(await answer(post({ ...put("k"), note: "first" }))).toBe('{"count":1}');
    expect(await answer(post({ ...put("k"), note: "second" }))).toBe('{"count":1}');
    expect(runs).toBe(1);
  });

  it("keeps the keys of callers apart", async () => {
    expect(await answer(post(put("k")))).toBe('{"count":1}');
    expect(await answer(post(put("k", "bob"), "bob"))).toBe('{"count":2}');
  });

  it("lets duplicates wait for the first", async () => {
    const entered = createGate();
    const gate = createGate();
    putItem = async () => {
      runs += 1;
      entered.open();
      await gate.opened;
      return { count: 7 };
    };
    const calls = [post(put("k")), post(put("k")), post(put("k"))];
    await entered.opened;
    gate.open();
    expect(await Promise.all(calls.map(answer))).toEqual(Array(3).fill('{"count":7}'));
    expect(runs).toBe(1);
  });

  it("keeps no failure, and keeps an answer no longer than declared", async () => {
    const working = putItem;
    putItem = () => Promise.reject(new ConnectError("not now", Code.Aborted));
    expect((await post(put("k"))).status).toBe(409);
    putItem = working;
    expect(await answer(post(put("k")))).toBe('{"count":1}');
    await clock.advance(86_400_000);
    expect(await answer(post(put("k")))).toBe('{"count":2}');
  });

  it("is not said to be left to the handlers", () => {
    expect(shelf.lines.map(({ msg }) => msg)).not.toContain("declared in the contract but not enforced yet");
  });
});
