import { inTransaction } from "@charter/postgres";
import type { Timer } from "@charter/time";
import { overdueReservations, releaseStock } from "../store/stock.js";
import type { CheckoutDeps } from "./checkout-deps.js";

const LOOK_EVERY_MS = 5_000;
/** The most reservations that one look gives up. */
const MAX_PER_LOOK = 100;

/** Gives up the units of orders that were not confirmed in time, even if their checkouts cannot be undone just now. */
export class OverdueStock {
  readonly #deps: Pick<CheckoutDeps, "db" | "clock" | "log">;
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #running = false;

  constructor(deps: Pick<CheckoutDeps, "db" | "clock" | "log">) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = true;
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#timer?.clear();
    await this.#looking;
  }

  /** Looks once; resolves with how many reservations were given up. */
  async releaseDue(): Promise<number> {
    const { db, clock } = this.#deps;
    const ids = await overdueReservations(db, { now: new Date(clock.nowMs()), limit: MAX_PER_LOOK });
    for (const id of ids) await inTransaction(db, (tx) => releaseStock(tx, id));
    return ids.length;
  }

  #schedule(): void {
    if (!this.#running) return;
    this.#timer = this.#deps.clock.setTimer(() => {
      this.#looking = this.#look();
    }, LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    try {
      await this.releaseDue();
    } catch (error) {
      this.#deps.log.warn({ err: error }, "overdue stock could not be given up");
    }
    this.#schedule();
  }
}
