import type { Kysely } from "kysely";
import { observe, type ProductRecord, type ProductSpec } from "../domain/product.js";
import { lockCatalogue, readRecords, writeRecords } from "./products-write.js";
import { bookReceipts, readReceipts, type StockReceipt } from "./stock-receipts.js";

/** One row of an import. */
export interface ImportedProduct {
  readonly spec: ProductSpec;
  readonly observedAt: Date;
  readonly receipt?: StockReceipt | undefined;
}

/** What became of a row. */
export type ImportOutcome =
  | { readonly kind: "created" | "updated" | "unchanged"; readonly receipt: "none" | "booked" | "known" }
  | { readonly kind: "refused"; readonly reason: "RECEIPT_KEY_REUSED" | "CURRENCY_CHANGED" };

/** Stores rows in their order, later ones seeing what earlier ones did, and answers what became of each. */
export async function importProducts(
  tx: Kysely<unknown>,
  rows: readonly ImportedProduct[],
  now: Date,
): Promise<readonly ImportOutcome[]> {
  await lockCatalogue(tx);
  const batch = new ImportBatch(
    await readRecords(
      tx,
      rows.map((row) => row.spec.sku),
    ),
    await readReceipts(
      tx,
      rows.flatMap((row) => row.receipt?.receiptKey ?? []),
    ),
  );
  const outcomes = rows.map((row) => batch.add(row));
  await writeRecords(tx, batch.changed, now);
  await bookReceipts(tx, batch.booked);
  return outcomes;
}

/** What a batch has done so far, so that its rows see each other. */
class ImportBatch {
  readonly #records: Map<string, ProductRecord>;
  readonly #receipts: Map<string, StockReceipt>;
  readonly #changed = new Map<string, ProductRecord>();
  readonly booked: StockReceipt[] = [];

  constructor(records: Map<string, ProductRecord>, receipts: Map<string, StockReceipt>) {
    this.#records = records;
    this.#receipts = receipts;
  }

  get changed(): readonly ProductRecord[] {
    return [...this.#changed.values()];
  }

  add({ spec, observedAt, receipt }: ImportedProduct): ImportOutcome {
    const known = receipt && this.#receipts.get(receipt.receiptKey);
    if (known && (known.sku !== receipt.sku || known.quantity !== receipt.quantity)) {
      return { kind: "refused", reason: "RECEIPT_KEY_REUSED" };
    }
    const observation = observe(this.#records.get(spec.sku), spec, observedAt);
    if (observation.kind === "currency_changed") return { kind: "refused", reason: "CURRENCY_CHANGED" };
    if (observation.record) {
      this.#records.set(spec.sku, observation.record);
      this.#changed.set(spec.sku, observation.record);
    }
    return { kind: observation.kind, receipt: this.#book(receipt, known) };
  }

  #book(receipt: StockReceipt | undefined, known: StockReceipt | undefined): "none" | "booked" | "known" {
    if (!receipt) return "none";
    if (known) return "known";
    this.#receipts.set(receipt.receiptKey, receipt);
    this.booked.push(receipt);
    return "booked";
  }
}
