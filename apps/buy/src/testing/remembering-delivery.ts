import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Call, contractError, type Implementation, implement } from "@charter/server";
import type { Clock } from "@charter/time";
import {
  type CreateShipmentRequest,
  DeliveryService,
  type ReserveSlotRequest,
} from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DeliveryError, DeliveryErrorSchema } from "@shop/contract/shop/delivery/v1/errors_pb.js";
import { ServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import { ShipmentState } from "@shop/contract/shop/delivery/v1/shipment_pb.js";
import { v7 as uuidv7 } from "uuid";
import { Mishaps } from "./mishaps.js";

interface Shipment {
  readonly shipmentId: string;
  readonly orderId: string;
  readonly trackingNumber: string;
  readonly reservationKey: string;
  state: ShipmentState;
  version: number;
}

interface Change {
  readonly position: bigint;
  readonly shipment: Shipment;
}

/** What the played service asks for, in minor units of GBP. */
export const STANDARD_MINOR = 500n;
export const SLOT_MINOR = 900n;
const HOLD_MS = 15 * 60_000;
/** A slot of the played service. */
export const SLOT_ID = "slot-1";

/** A delivery service in memory; it follows the contract where the shop relies on it. */
export class RememberingDelivery {
  readonly mishaps = new Mishaps();
  readonly shipments = new Map<string, Shipment>();
  /** Until when each slot reservation holds: for ever once there is a shipment, and 0 for one that was released. */
  readonly slots = new Map<string, number>();
  /** Places of the slot. */
  capacity = 1_000_000;
  /** How long a reservation is held. */
  holdMs = HOLD_MS;
  readonly #clock: Clock;
  readonly #changes: Change[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many places of the slot are held or taken. */
  heldSlots(): number {
    return [...this.slots.values()].filter((untilMs) => untilMs > this.#clock.nowMs()).length;
  }

  /** The position of the last change. */
  get lastPosition(): bigint {
    return BigInt(this.#changes.length);
  }

  /** How many streams of changes are open. */
  get watching(): number {
    return this.#watchers.size;
  }

  /** Lets the carrier report something of an order's parcels. */
  report(orderId: string, state: ShipmentState): void {
    for (const shipment of this.shipments.values()) {
      if (shipment.orderId === orderId) this.#change(shipment, state);
    }
  }

  /** Tells the last change again, under a new position. */
  repeatLast(): void {
    const last = this.#changes.at(-1);
    if (last) this.#append(last.shipment);
  }

  implementation(): Implementation {
    const { mishaps } = this;
    return implement(DeliveryService, {
      quote: (_, { signal }) => mishaps.around("quote", signal, async () => this.#quote()),
      reserveSlot: (request, { signal }) =>
        mishaps.around("reserveSlot", signal, async () => this.#reserveSlot(request)),
      releaseSlot: ({ reservationKey }, { signal }) =>
        mishaps.around("releaseSlot", signal, async () => {
          this.slots.set(reservationKey, 0);
          return {};
        }),
      createShipment: (request, { signal }) =>
        mishaps.around("createShipment", signal, async () => this.#createShipment(request)),
      cancelShipment: ({ shipmentId }, { signal }) =>
        mishaps.around("cancelShipment", signal, async () => this.#cancel(shipmentId)),
      watchEvents: (request, call) => this.#watch(request.afterPosition, call),
    });
  }

  #quote() {
    const nowMs = this.#clock.nowMs();
    const promise = { startTime: timestampFromMs(nowMs), endTime: timestampFromMs(nowMs + 86_400_000) };
    const price = (minor: bigint) => ({ currencyCode: "GBP", minor });
    return {
      quoteId: "quote-1",
      expireTime: timestampFromMs(nowMs + HOLD_MS),
      options: [
        { serviceLevel: ServiceLevel.STANDARD, price: price(STANDARD_MINOR), promise },
        { serviceLevel: ServiceLevel.SLOT, price: price(SLOT_MINOR), promise },
      ],
    };
  }

  #reserveSlot({ reservationKey, slotId }: ReserveSlotRequest) {
    const known = this.slots.get(reservationKey);
    if (known === 0) throw refuse(DeliveryError.RESERVATION_RELEASED);
    const expiresAtMs = this.#clock.nowMs() + this.holdMs;
    const lives = known !== undefined && known > this.#clock.nowMs();
    if (!lives && this.heldSlots() >= this.capacity) throw refuse(DeliveryError.SLOT_FULL);
    if (!lives) this.slots.set(reservationKey, expiresAtMs);
    return { slotId, expireTime: timestampFromMs(lives ? known : expiresAtMs) };
  }

  #createShipment({ idempotencyKey, orderId, reservationKey }: CreateShipmentRequest) {
    const known = this.shipments.get(idempotencyKey);
    if (known) return { shipmentId: known.shipmentId, trackingNumber: known.trackingNumber };
    const shipment: Shipment = {
      shipmentId: uuidv7(),
      orderId,
      trackingNumber: `TRACK${String(this.shipments.size).padStart(8, "0")}`,
      reservationKey,
      state: ShipmentState.CREATED,
      version: 1,
    };
    this.shipments.set(idempotencyKey, shipment);
    if (reservationKey !== "") this.slots.set(reservationKey, Number.MAX_SAFE_INTEGER);
    this.#append(shipment);
    return { shipmentId: shipment.shipmentId, trackingNumber: shipment.trackingNumber };
  }

  #cancel(shipmentId: string) {
    const shipment = [...this.shipments.values()].find((one) => one.shipmentId === shipmentId);
    if (!shipment) throw refuse(DeliveryError.SHIPMENT_NOT_FOUND);
    if (shipment.state !== ShipmentState.CREATED && shipment.state !== ShipmentState.CANCELLED) {
      throw refuse(DeliveryError.SHIPMENT_NOT_CANCELLABLE);
    }
    if (shipment.state === ShipmentState.CREATED) this.#change(shipment, ShipmentState.CANCELLED);
    return { shipment: { shipmentId, state: shipment.state } };
  }

  #change(shipment: Shipment, state: ShipmentState): void {
    shipment.state = state;
    shipment.version += 1;
    this.#append(shipment);
  }

  #append(shipment: Shipment): void {
    const position = this.lastPosition + 1n;
    this.#changes.push({ position, shipment: { ...shipment } });
    for (const wake of [...this.#watchers]) wake();
  }

  async *#watch(afterPosition: bigint, { signal }: Call) {
    for (let at = Number(afterPosition); !signal.aborted; ) {
      const next = this.#changes[at];
      if (next) {
        at += 1;
        yield await this.mishaps.around("watchEvents", signal, async () => this.#told(next));
      } else {
        await this.#changed(signal);
      }
    }
  }

  #told({ position, shipment }: Change) {
    const now = timestampFromMs(this.#clock.nowMs());
    const { shipmentId, orderId, version, state, trackingNumber } = shipment;
    const reported = { state, occurTime: now };
    return {
      position,
      change: { shipmentId, orderId, version, state, trackingNumber, reported, recordTime: now },
    };
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#watchers.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#watchers.add(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }
}

const refuse = (error: DeliveryError) => contractError(DeliveryErrorSchema, error);
