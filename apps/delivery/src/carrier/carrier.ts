import type { TimeSpan } from "../domain/time-span.js";
import type { DeliveryTransaction } from "../store/database.js";

/** What a carrier is told of a shipment. */
export interface Parcel {
  readonly shipmentId: string;
  readonly trackingNumber: string;
  /** When it was booked. */
  readonly bookedAtMs: number;
  /** When it shall arrive. */
  readonly promise: TimeSpan;
}

/**
 * Who carries parcels. Both calls write what is to be done in the caller's transaction, so that a shipment and its booking exist together
 * or not at all; a carrier across the network sends from there, as often as it takes. What becomes of a parcel comes
 * back as carrier events.
 */
export interface Carrier {
  /** Names it in shipments and in the ids of its events. */
  readonly name: string;
  /** Books a parcel. */
  book(tx: DeliveryTransaction, parcel: Parcel): Promise<void>;
  /** Takes a booking back, if it is not too late; who calls decides by the shipment's state, in the same transaction. */
  withdraw(tx: DeliveryTransaction, shipmentId: string): Promise<void>;
}
