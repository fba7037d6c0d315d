import { randomBytes } from "node:crypto";
import type { Principal } from "@charter/identity";
import { migrate, openDatabase } from "@charter/postgres";
import type { Call } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { createTestDatabase, ManualClock } from "@charter/testing";
import { Deadline } from "@charter/time";
import { sql } from "kysely";
import { EmbeddedCarrier } from "../carrier/embedded-carrier.js";
import { defaultSlotTemplate, type SlotTemplate } from "../domain/slot-template.js";
import { EventTail } from "../events/event-tail.js";
import { shipmentStream } from "../events/shipment-change.js";
import { cancelShipmentHandler } from "../handlers/cancel-shipment.js";
import { createShipmentHandler } from "../handlers/create-shipment.js";
import type { DeliveryDeps } from "../handlers/delivery-deps.js";
import { getShipmentHandler } from "../handlers/get-shipment.js";
import { ingestCarrierEventsHandler } from "../handlers/ingest-carrier-events.js";
import { listSlotsHandler } from "../handlers/list-slots.js";
import { quoteHandler } from "../handlers/quote.js";
import { releaseSlotHandler } from "../handlers/release-slot.js";
import { reserveSlotHandler } from "../handlers/reserve-slot.js";
import { trackShipmentHandler } from "../handlers/track-shipment.js";
import { watchEventsHandler } from "../handlers/watch-events.js";
import { watchShipmentHandler } from "../handlers/watch-shipment.js";
import { invariants } from "../invariants.js";
import { migrations } from "../migrations/index.js";
import { quoteSeal, sealKeyBytes } from "../quotes/quote-seal.js";

/** Wednesday, 1 December 2010, noon. */
export const startMs = Date.UTC(2010, 11, 1, 12);

export const buy: Principal = { kind: "service", service: "buy" };
export const operator: Principal = {
  kind: "user",
  subject: "0197a1b2-0000-7000-8000-00000000000f",
  roles: ["operator"],
  scopes: [],
  sessionId: "session",
};
export const shopper = (subject: string): Principal => ({ ...operator, subject, roles: [] });

/** Delivery's handlers on a database and a clock of their own. */
export async function createFixture(options: { template?: SlotTemplate; speed?: number } = {}) {
  const database = await createTestDatabase();
  const log = createLogger({ service: "delivery", level: "silent" });
  const db = openDatabase<unknown>({ url: database.url, applicationName: "test", maxConnections: 20 });
  await migrate(db, migrations);
  const clock = new ManualClock(startMs);
  const tail = new EventTail({ db, stream: shipmentStream, clock, log });
  const carrier = new EmbeddedCarrier({
    db,
    clock,
    log,
    speed: options.speed ?? 1,
    onMoved: () => tail.nudge(),
  });
  const deps: DeliveryDeps = {
    db,
    clock,
    seal: quoteSeal(randomBytes(sealKeyBytes)),
    template: options.template ?? defaultSlotTemplate,
    carrier,
    tail,
    onBooked: () => undefined,
  };
  return {
    db,
    url: database.url,
    clock,
    log,
    tail,
    carrier,
    deps,
    api: {
      quote: quoteHandler(deps),
      listSlots: listSlotsHandler(deps),
      reserveSlot: reserveSlotHandler(deps),
      releaseSlot: releaseSlotHandler(deps),
      createShipment: createShipmentHandler(deps),
      getShipment: getShipmentHandler(deps),
      cancelShipment: cancelShipmentHandler(deps),
      trackShipment: trackShipmentHandler(deps),
      watchShipment: watchShipmentHandler(deps),
      ingestCarrierEvents: ingestCarrierEventsHandler(deps),
      watchEvents: watchEventsHandler(deps),
    },
    /** A call by somebody, with time left. */
    call: (principal: Principal, controller = new AbortController()) =>
      ({
        principal,
        signal: controller.signal,
        deadline: Deadline.after(clock, 5_000),
        log,
      }) as unknown as Call,
    /** Rows that break an invariant, of any. */
    async breaches(): Promise<readonly unknown[]> {
      const found = [];
      for (const invariant of invariants) found.push(...(await sql.raw(invariant.sql).execute(db)).rows);
      return found;
    },
    async close() {
      await tail.close();
      await db.close();
      await database.drop();
    },
  };
}

export type Fixture = Awaited<ReturnType<typeof createFixture>>;
