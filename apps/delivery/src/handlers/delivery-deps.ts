import type { Clock } from "@charter/time";
import type { Carrier } from "../carrier/carrier.js";
import type { SlotTemplate } from "../domain/slot-template.js";
import type { EventTail } from "../events/event-tail.js";
import type { QuoteSeal } from "../quotes/quote-seal.js";
import type { DeliveryDatabase } from "../store/database.js";

/** What the handlers stand on. */
export interface DeliveryDeps {
  readonly db: DeliveryDatabase;
  readonly clock: Clock;
  readonly seal: QuoteSeal;
  readonly template: SlotTemplate;
  readonly carrier: Carrier;
  readonly tail: EventTail;
  /** Told after shipments have been booked. */
  readonly onBooked: () => void;
}
