import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { sql } from "kysely";
import { createFixture, type Fixture } from "./testing/fixture.js";
import { quoteId, reserve, ship, slotIds } from "./testing/requests.js";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await createFixture();
  const [quote, [slotId = ""]] = [await quoteId(fixture), await slotIds(fixture)];
  await reserve(fixture, { reservationKey: "a", slotId, quoteId: quote });
  await ship(fixture, { quoteId: quote, serviceLevel: ServiceLevel.SLOT, reservationKey: "a" });
  await fixture.clock.advance(9 * 24 * 3_600_000);
  await fixture.carrier.runDue();
});
afterEach(() => fixture.close());

describe("the invariants", () => {
  it("hold after a delivery", async () => {
    expect(await fixture.breaches()).toEqual([]);
  });

  it.each([
    [
      "an answer without its shipment",
      `INSERT INTO charter_answer (scope, key, fingerprint, answer)
       VALUES ('/shop.delivery.v1.DeliveryService/CreateShipment service:buy', 'lost', '', '')`,
    ],
    ["a shipment without its reservation", "UPDATE slot_reservation SET state = 'held'"],
    ["a place that is not counted", "UPDATE slot SET taken = 0"],
    ["a report that was not told", "DELETE FROM charter_event WHERE position = 3"],
    ["a revision that is missing", "DELETE FROM shipment_report WHERE revision = 3"],
    [
      "events out of order",
      `UPDATE shipment_report SET position = CASE revision WHEN 2 THEN -3 ELSE -2 END WHERE revision IN (2, 3);
       UPDATE shipment_report SET position = -position WHERE position < 0`,
    ],
  ])("find %s", async (_, damage) => {
    for (const statement of damage.split(";")) await sql.raw(statement).execute(fixture.db);
    expect(await fixture.breaches()).not.toEqual([]);
  });
});
