import { inTransaction } from "@charter/postgres";
import { type Call, callerName } from "@charter/server";
import type { ReleaseSlotRequest } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, deliveryError } from "../delivery-error.js";
import { lockReservation, release } from "../store/reservations.js";
import type { DeliveryDeps } from "./delivery-deps.js";

/** Gives back what is held under the caller's key, and uses the key up. */
export function releaseSlotHandler({ db, clock }: DeliveryDeps) {
  return async (request: ReleaseSlotRequest, call: Call): Promise<Record<string, never>> => {
    const key = { caller: callerName(call), key: request.reservationKey };
    const { deadline, signal } = call;
    await inTransaction(
      db,
      async (tx) => {
        const reservation = await lockReservation(tx, key);
        if (reservation?.state === "confirmed") throw deliveryError(DeliveryError.RESERVATION_CONFIRMED);
        if (reservation?.state !== "released") await release(tx, key, reservation);
      },
      { deadline, signal, clock },
    );
    return {};
  };
}
