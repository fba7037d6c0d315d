import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type {
  ListSlotsRequest,
  ListSlotsResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { openSlots } from "../domain/slot-template.js";
import { dayMs } from "../domain/time-span.js";
import { slotAreaOf, zoneOf } from "../domain/zone.js";
import { toProtoWindow } from "../messages/window.js";
import { takenPlaces } from "../store/slots.js";
import type { DeliveryDeps } from "./delivery-deps.js";
import { destinationOf } from "./destination.js";

const defaultDays = 7;

/** Lists what can be booked. Slots come from the template; the database only knows what is taken of them. */
export function listSlotsHandler({ db, clock, template }: DeliveryDeps) {
  return async (request: ListSlotsRequest): Promise<MessageInitShape<typeof ListSlotsResponseSchema>> => {
    const destination = destinationOf(request);
    if (zoneOf(destination) === undefined) {
      throw deliveryError(DeliveryError.DESTINATION_NOT_SERVED, {
        metadata: { country_code: destination.countryCode },
      });
    }
    const area = slotAreaOf(destination);
    if (area === undefined) return { slots: [] };
    const nowMs = clock.nowMs();
    const startsAtMs = Math.max(nowMs, request.startTime ? timestampMs(request.startTime) : nowMs);
    const span = { startsAtMs, endsAtMs: startsAtMs + (request.days || defaultDays) * dayMs };
    const slots = openSlots(template, area, nowMs, span);
    const taken = await takenPlaces(
      db,
      slots.map(({ slotId }) => slotId),
      nowMs,
    );
    return {
      slots: slots.map(({ slotId, window, capacity }) => ({
        slotId,
        window: toProtoWindow(window),
        capacity,
        free: Math.max(0, capacity - (taken.get(slotId) ?? 0)),
      })),
    };
  };
}
