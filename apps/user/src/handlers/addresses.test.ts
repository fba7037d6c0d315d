import type { Principal } from "@charter/identity";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { maxAddresses } from "../domain/address-book.js";
import { loggedIn } from "../testing/accounts.js";
import { createFixture, type Fixture } from "../testing/fixture.js";

const home = {
  recipient: "Ada Lovelace",
  lines: ["12 St James's Square", "Back door"],
  city: "London",
  region: "",
  postalCode: "SW1Y 4JH",
  countryCode: "GB",
};
const work = { ...home, lines: ["1 Dorset Street"] };

describe("the address book", () => {
  let fixture: Fixture;
  let principal: Principal;
  let userId: string;
  beforeAll(async () => {
    fixture = await createFixture();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    ({
      principal,
      user: { userId },
    } = await loggedIn(fixture.calls));
  });

  async function add(label: string, options: { postalAddress?: typeof home; makeDefault?: boolean } = {}) {
    const request = { idempotencyKey: label, label, postalAddress: home, ...options };
    const { address } = await fixture.calls.addAddress(request, { principal });
    if (!address) throw new TypeError("AddAddress answered without an address");
    await fixture.clock.advance(1);
    return address;
  }
  const list = async (page = {}) => fixture.calls.listAddresses({ page }, { principal });
  const labels = async () =>
    (await list()).addresses.map(({ label, isDefault }) => (isDefault ? `${label}*` : label));

  it("keeps entries as they were sent, the oldest first", async () => {
    const first = await add("Home");
    await add("Work", { postalAddress: work });
    expect(first).toMatchObject({ label: "Home", postalAddress: home, isDefault: true, version: 1n });
    expect(await labels()).toEqual(["Home*", "Work"]);
  });

  it("has exactly one default, also when it is added or removed", async () => {
    await add("a");
    const b = await add("b", { makeDefault: true });
    await add("c");
    expect(await labels()).toEqual(["a", "b*", "c"]);
    await fixture.calls.removeAddress({ addressId: b.addressId }, { principal });
    expect(await labels()).toEqual(["a*", "c"]);
  });

  it("holds its bound when entries are added at once", async () => {
    const attempts = Array.from({ length: maxAddresses + 5 }, (_, index) => add(`n${index}`));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(maxAddresses);
    await expect(add("one more")).rejects.toMatchObject({ reason: "ADDRESS_LIMIT_REACHED" });
    expect((await labels()).filter((label) => label.endsWith("*"))).toHaveLength(1);
  });

  it("replaces an entry and counts its version", async () => {
    const { addressId } = await add("Home");
    const change = {
      addressId: addressId.toUpperCase(),
      expectedVersion: 1n,
      label: "Office",
      postalAddress: work,
    };
    const { address } = await fixture.calls.updateAddress(change, { principal });
    expect(address).toMatchObject({
      addressId,
      label: "Office",
      postalAddress: work,
      version: 2n,
      isDefault: true,
    });
    const repeated = await fixture.calls.updateAddress(change, { principal });
    expect(repeated.address).toEqual(address);
  });

  it("refuses a change that starts from an old version, and lets 0 overwrite", async () => {
    const { addressId } = await add("Home");
    const change = { addressId, expectedVersion: 1n, postalAddress: home };
    const outcomes = await Promise.allSettled(
      ["x", "y", "z"].map((label) => fixture.calls.updateAddress({ ...change, label }, { principal })),
    );
    const refused = outcomes.filter((it) => it.status === "rejected");
    expect(refused.map(({ reason }) => reason.reason)).toEqual(["ADDRESS_CHANGED", "ADDRESS_CHANGED"]);
    const forced = await fixture.calls.updateAddress(
      { ...change, expectedVersion: 0n, label: "w" },
      { principal },
    );
    expect(forced.address?.version).toBe(3n);
  });

  it("moves the default without counting a version", async () => {
    await add("a");
    const b = await add("b");
    const { address } = await fixture.calls.updateAddress(
      { addressId: b.addressId, expectedVersion: 7n, label: "b", postalAddress: home, makeDefault: true },
      { principal },
    );
    expect(address).toMatchObject({ isDefault: true, version: 1n });
    expect(await labels()).toEqual(["a", "b*"]);
  });

  it("does not know the addresses of others", async () => {
    const { addressId } = await add("Home");
    const stranger = await loggedIn(fixture.calls);
    const facts = { principal: stranger.principal };
    await expect(
      fixture.calls.updateAddress({ addressId, postalAddress: work }, facts),
    ).rejects.toMatchObject({ reason: "ADDRESS_NOT_FOUND" });
    await fixture.calls.removeAddress({ addressId }, facts);
    expect((await fixture.calls.listAddresses({}, facts)).addresses).toEqual([]);
    expect(await labels()).toEqual(["Home*"]);
  });

  it("removes what is not there without an error", async () => {
    const { addressId } = await add("Home");
    await fixture.calls.removeAddress({ addressId }, { principal });
    await fixture.calls.removeAddress({ addressId }, { principal });
    expect(await labels()).toEqual([]);
  });

  it("lists in pages that neither repeat nor miss an entry", async () => {
    for (const label of ["a", "b", "c", "d", "e"]) await add(label);
    const first = await list({ pageSize: 2 });
    await fixture.calls.removeAddress({ addressId: first.addresses[1]?.addressId ?? "" }, { principal });
    const second = await list({ pageSize: 2, pageToken: first.page?.nextPageToken ?? "" });
    const third = await list({ pageSize: 2, pageToken: second.page?.nextPageToken ?? "" });
    const pages = [first, second, third].map(({ addresses }) => addresses.map(({ label }) => label).join(""));
    expect(pages).toEqual(["ab", "cd", "e"]);
    expect(third.page?.nextPageToken).toBe("");
  });

  it.each(["x", "W10", Buffer.from('[1,"x"]').toString("base64url")])(
    "refuses the page token %s",
    async (pageToken) => {
      await expect(list({ pageToken })).rejects.toMatchObject({ reason: "REQUEST_INVALID" });
    },
  );

  it("cannot be changed while the account is locked", async () => {
    await add("Home");
    const { db } = fixture.deps;
    await db.updateTable("users").set({ status: "locked" }).where("user_id", "=", userId).execute();
    await expect(add("Work")).rejects.toMatchObject({ reason: "ACCOUNT_LOCKED" });
  });
});
