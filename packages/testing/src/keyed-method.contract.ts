import { expect, it } from "@jest/globals";

/** A method that declares `idempotency`, as it is served. */
export interface KeyedMethod {
  /** Makes a request with a key of its own; it is used as it is and with something else in it. */
  readonly request: () => Promise<object>;
  /** What makes it another request. */
  readonly otherwise: object;
  /** Calls the method with a request in JSON. */
  readonly send: (request: object) => Promise<Response>;
  /** How many effects there are so far, e.g. the rows of a table. */
  readonly effects: () => Promise<number>;
  /** Whose reason a reused key gives, e.g. "shop.buy.v1". */
  readonly domain: string;
}

const AT_ONCE = 10;

/** What every method that declares `idempotency` must hold, over the wire. Call it inside a `describe`. */
export function keyedMethodContract({ request, otherwise, send, effects, domain }: KeyedMethod): void {
  it(`has one effect for ${AT_ONCE} calls at once and one later, and answers all of them byte for byte alike`, async () => {
    const sent = await request();
    const before = await effects();
    const atOnce = await Promise.all(Array.from({ length: AT_ONCE }, () => send(sent)));
    const later = await send(sent);
    const answers = await Promise.all(
      [...atOnce, later].map(async (it) => `${it.status} ${await it.text()}`),
    );
    expect(new Set(answers)).toEqual(new Set([expect.stringMatching(/^200 /)]));
    expect((await effects()) - before).toBe(1);
  });

  it("refuses the key with another request, for the reason of its service, and does nothing for it", async () => {
    const sent = await request();
    await send(sent);
    const before = await effects();
    const refused = await send({ ...sent, ...otherwise });
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      {
        code: "failed_precondition",
        details: [{ debug: { reason: "IDEMPOTENCY_KEY_REUSED", domain } }],
      },
    ]);
    expect(await effects()).toBe(before);
  });
}
