import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type ImportProductsResponseSchema,
  ProductRefusalReason,
} from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import type { ImportedProduct, ImportOutcome } from "../store/import-products.js";

type Refused = { index: bigint; sku: string; reason: ProductRefusalReason };

/** Counts what became of the rows of one import, so that every row is accounted for. The contract bounds a stream's rows. */
export class ProductImportAccount {
  readonly #counts = { created: 0n, updated: 0n, unchanged: 0n };
  readonly #receipts = { none: 0n, booked: 0n, known: 0n };
  readonly #refused: Refused[] = [];
  #received = 0n;

  /** Adds rows in the order of the stream, with the outcome of each. */
  add(rows: readonly ImportedProduct[], outcomes: readonly ImportOutcome[]): void {
    for (const [position, outcome] of outcomes.entries()) {
      this.#addOne(rows[position]?.spec.sku ?? "", outcome);
    }
  }

  #addOne(sku: string, outcome: ImportOutcome): void {
    if (outcome.kind === "refused") {
      this.#refused.push({ index: this.#received, sku, reason: ProductRefusalReason[outcome.reason] });
    } else {
      this.#counts[outcome.kind] += 1n;
      this.#receipts[outcome.receipt] += 1n;
    }
    this.#received += 1n;
  }

  /** The account as the contract says it. */
  response(): MessageInitShape<typeof ImportProductsResponseSchema> {
    return {
      received: this.#received,
      ...this.#counts,
      receiptsBooked: this.#receipts.booked,
      receiptsKnown: this.#receipts.known,
      refused: this.#refused,
    };
  }
}
