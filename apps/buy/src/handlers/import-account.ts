import type { MessageInitShape } from "@bufbuild/protobuf";
import type { OrderTotalSchema } from "@shop/contract/shop/buy/v1/order_pb.js";
import {
  type ImportOrdersResponseSchema,
  OrderRefusalReason,
  type RefusedOrderSchema,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { ImportedOrder, ImportOutcome } from "../store/order-import.js";

/** Adds up what became of the orders of an import: received = imported + unchanged + refused. */
export class ImportAccount {
  #received = 0n;
  readonly #imported = new Totals();
  readonly #unchanged = new Totals();
  readonly #refused: MessageInitShape<typeof RefusedOrderSchema>[] = [];

  /** Adds a batch; the outcomes stand in the order of the orders. */
  add(orders: readonly ImportedOrder[], outcomes: readonly ImportOutcome[]): void {
    for (const [at, order] of orders.entries()) {
      const outcome = outcomes[at];
      if (outcome === undefined) throw new RangeError("an order of the batch has no outcome");
      this.#addOne(order, outcome);
    }
  }

  /** The account as the contract says it. */
  response(): MessageInitShape<typeof ImportOrdersResponseSchema> {
    return {
      received: this.#received,
      imported: this.#imported.messages(),
      unchanged: this.#unchanged.messages(),
      refused: this.#refused,
    };
  }

  #addOne(order: ImportedOrder, outcome: ImportOutcome): void {
    const index = this.#received;
    this.#received += 1n;
    if (outcome.kind === "refused") {
      const reason = OrderRefusalReason[outcome.reason];
      this.#refused.push({ index, externalRef: order.externalRef, reason, detail: outcome.detail });
    } else {
      (outcome.kind === "imported" ? this.#imported : this.#unchanged).add(order);
    }
  }
}

class Totals {
  readonly #byCurrency = new Map<string, { orders: bigint; minor: bigint }>();

  add({ currencyCode, totalMinor }: ImportedOrder): void {
    const before = this.#byCurrency.get(currencyCode) ?? { orders: 0n, minor: 0n };
    this.#byCurrency.set(currencyCode, { orders: before.orders + 1n, minor: before.minor + totalMinor });
  }

  messages(): MessageInitShape<typeof OrderTotalSchema>[] {
    return [...this.#byCurrency]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currencyCode, { orders, minor }]) => ({ orders, total: { currencyCode, minor } }));
  }
}
