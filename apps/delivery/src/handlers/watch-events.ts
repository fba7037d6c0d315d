import type { MessageInitShape } from "@bufbuild/protobuf";
import { readEvents } from "@charter/postgres";
import type { Call } from "@charter/server";
import { Deadline } from "@charter/time";
import type {
  WatchEventsRequest,
  WatchEventsResponseSchema,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { minuteMs } from "../domain/time-span.js";
import { decodeChange, shipmentStream } from "../events/shipment-change.js";
import { newestPosition } from "../store/events.js";
import type { DeliveryDeps } from "./delivery-deps.js";
import { heartbeatMs } from "./heartbeat.js";

/** Events held in memory for one reader. */
const batch = 100;
/** After this long the stream ends in good order; the contract bounds it ten minutes later. */
const maxAgeMs = 50 * minuteMs;

type Response = MessageInitShape<typeof WatchEventsResponseSchema>;

/** Follows every change of every shipment from the caller's cursor. A slow reader holds back its own reading and nothing else. */
export function watchEventsHandler({ db, clock, tail }: DeliveryDeps) {
  return async function* ({ afterPosition }: WatchEventsRequest, { signal }: Call): AsyncIterable<Response> {
    await requireKnown(db, afterPosition);
    const age = Deadline.after(clock, maxAgeMs);
    const watcher = await tail.watch(undefined);
    try {
      let position = afterPosition;
      while (!age.expired) {
        const events = await readEvents(db, { stream: shipmentStream, after: position, limit: batch });
        for (const event of events) {
          position = event.position;
          yield { position, change: decodeChange(event.payload) };
        }
        if (events.length === batch) continue;
        const waking = await watcher.wait(Math.min(heartbeatMs, age.remainingMs()), signal);
        if (waking === "ended") return;
        if (waking === "timeout" && !age.expired) yield { position };
      }
    } finally {
      watcher.close();
    }
  };
}

async function requireKnown(db: DeliveryDeps["db"], position: bigint): Promise<void> {
  const newest = await newestPosition(db, shipmentStream);
  if (position > newest)
    throw deliveryError(DeliveryError.POSITION_UNKNOWN, { metadata: { newest: String(newest) } });
}
