import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createFixture, type Fixture } from "../testing/fixture.js";
import { maxCustomers } from "./import-customers.js";

const customers = (count: number, system: string) =>
  Array.from({ length: count }, (_, index) => ({ externalRef: `${system}:${index}`, countryCode: "GB" }));

describe("ImportCustomers", () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.close());

  const stored = (externalRef: string) =>
    fixture.deps.db.selectFrom("users").selectAll().where("external_ref", "=", externalRef).execute();

  it("takes customers over once, and answers a repeat with the same ids", async () => {
    const { calls } = fixture;
    const first = await calls.importCustomers(customers(1_200, "retail"));
    expect(first).toMatchObject({ imported: 1_200n, unchanged: 0n });
    const again = await calls.importCustomers(customers(1_201, "retail"));
    expect(again).toMatchObject({ imported: 1n, unchanged: 1_200n });
    expect(again.customers.slice(0, 1_200)).toEqual(first.customers);
    expect(new Set(first.customers.map(({ userId }) => userId)).size).toBe(1_200);
  });

  it("leaves a known customer as it is and counts one that comes twice", async () => {
    const { calls } = fixture;
    const answer = await calls.importCustomers([
      { externalRef: "twice:1", countryCode: "DE", displayName: "Emmy" },
      { externalRef: "twice:1", countryCode: "FR", displayName: "Sophie" },
      { externalRef: "twice:2" },
    ]);
    expect(answer).toMatchObject({ imported: 2n, unchanged: 1n });
    expect(answer.customers.map(({ externalRef }) => externalRef)).toEqual(["twice:1", "twice:2"]);
    const [emmy] = await stored("twice:1");
    expect(emmy).toMatchObject({
      country_code: "DE",
      display_name: "Emmy",
      email: null,
      password_hash: null,
    });
  });

  it("makes each customer once when streams overlap", async () => {
    const { calls } = fixture;
    const forwards = customers(700, "race");
    const streams = [forwards, forwards.toReversed(), forwards.toReversed(), forwards];
    const answers = await Promise.all(streams.map((stream) => calls.importCustomers(stream)));
    expect(answers.reduce((sum, { imported }) => sum + imported, 0n)).toBe(700n);
    const ids = answers.flatMap((answer) => answer.customers.map(({ userId }) => userId));
    expect(new Set(ids).size).toBe(700);
  });

  it("answers an empty stream", async () => {
    expect(await fixture.calls.importCustomers([])).toMatchObject({
      imported: 0n,
      unchanged: 0n,
      customers: [],
    });
  });

  it("refuses what is beyond its bound and keeps what came before", async () => {
    const { calls } = fixture;
    await expect(calls.importCustomers(customers(maxCustomers + 1, "many"))).rejects.toMatchObject({
      reason: "IMPORT_TOO_LARGE",
    });
    expect(await stored(`many:${maxCustomers - 1}`)).toHaveLength(1);
    expect(await stored(`many:${maxCustomers}`)).toEqual([]);
  });
});
