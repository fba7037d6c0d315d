import { expect, it } from "@jest/globals";

/** The store under test, by what the suite uses of it. */
interface Store {
  run(
    key: { scope: string; key: string; fingerprint: Uint8Array; retentionMs: number },
    execute: () => Promise<Uint8Array>,
  ): Promise<{ answer: Uint8Array; replayed: boolean }>;
}

/** What the suite works with. */
export interface StoreUnderTest {
  readonly store: () => Store;
  /** Lets `ms` pass for the answers that are stored. */
  readonly age: (ms: number) => Promise<void>;
  /** What work does first, where the store takes note of what work does. Default: nothing. */
  readonly begin?: () => Promise<unknown>;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (answer: Uint8Array) => new TextDecoder().decode(answer);
const RETENTION_MS = 60_000;

/** What every store of answers by idempotency key must hold. Call it inside a `describe`. */
export function idempotencyStoreContract({
  store,
  age,
  begin = async () => undefined,
}: StoreUnderTest): void {
  const keyed = (key: string, fingerprint = "body") => ({
    scope: "suite",
    key,
    fingerprint: bytes(fingerprint),
    retentionMs: RETENTION_MS,
  });
  let runs = 0;
  const answering = (answer: string) => async () => {
    await begin();
    runs += 1;
    return bytes(answer);
  };
  const ran = async (work: () => Promise<unknown>) => {
    const before = runs;
    await work();
    return runs - before;
  };

  it("replays the first answer byte for byte", async () => {
    const first = await store().run(keyed("replay"), answering("first"));
    expect([text(first.answer), first.replayed]).toEqual(["first", false]);
    const again = await store().run(keyed("replay"), answering("second"));
    expect([text(again.answer), again.replayed]).toEqual(["first", true]);
  });

  it("keeps keys and scopes apart, and an answer of no bytes", async () => {
    await store().run(keyed("apart"), answering(""));
    expect(text((await store().run(keyed("apart"), answering("x"))).answer)).toBe("");
    expect(text((await store().run(keyed("apart 2"), answering("other key"))).answer)).toBe("other key");
    const elsewhere = { ...keyed("apart"), scope: "another" };
    expect(text((await store().run(elsewhere, answering("other scope"))).answer)).toBe("other scope");
  });

  it("refuses a key that comes with another request, and runs nothing for it", async () => {
    await store().run(keyed("reused"), answering("first"));
    const refused = () =>
      expect(store().run(keyed("reused", "another"), answering("no"))).rejects.toMatchObject({
        name: "KeyReusedError",
      });
    expect(await ran(refused)).toBe(0);
  });

  it("lets duplicates wait for the first, and runs it once", async () => {
    const open = Promise.withResolvers<void>();
    const slow = async () => {
      await begin();
      runs += 1;
      await open.promise;
      return bytes("slow");
    };
    const work = async () => {
      const calls = Array.from({ length: 5 }, () => store().run(keyed("raced"), slow));
      open.resolve();
      const answers = await Promise.all(calls);
      expect(answers.map(({ answer }) => text(answer))).toEqual(Array(5).fill("slow"));
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    };
    expect(await ran(work)).toBe(1);
  });

  it("frees the key when the first fails, also for those that wait", async () => {
    const failure = new Error("no");
    await expect(store().run(keyed("failed"), () => Promise.reject(failure))).rejects.toBe(failure);
    expect(text((await store().run(keyed("failed"), answering("now"))).answer)).toBe("now");
    const begun = Promise.withResolvers<void>();
    const open = Promise.withResolvers<Uint8Array>();
    const first = store().run(keyed("failed 2"), async () => {
      await begin();
      begun.resolve();
      return open.promise;
    });
    // Only when it has begun is it the first: stores give no turn to calls that come at once.
    await begun.promise;
    const second = store().run(keyed("failed 2"), async () => {
      await begin();
      // Had it succeeded by the time that the first looks whether somebody has, its answer would count for both.
      await first.catch(() => undefined);
      return bytes("second");
    });
    open.reject(failure);
    await expect(first).rejects.toBe(failure);
    expect(await second).toEqual({ answer: bytes("second"), replayed: false });
  });

  it("keeps an answer for its retention and no longer", async () => {
    await store().run(keyed("aged"), answering("first"));
    await age(RETENTION_MS - 10_000);
    expect(text((await store().run(keyed("aged"), answering("second"))).answer)).toBe("first");
    await age(10_001);
    expect(text((await store().run(keyed("aged", "another"), answering("third"))).answer)).toBe("third");
  });
}
