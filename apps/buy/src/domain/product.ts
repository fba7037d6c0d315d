import type { TaxCategory } from "./tax.js";

/** Whether a product can be bought. The names are those of the contract without its prefix. */
export type ProductState = "ACTIVE" | "WITHDRAWN";

/** What is said about a product. */
export interface ProductSpec {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly currencyCode: string;
  /** One unit before tax, in minor units. */
  readonly priceMinor: bigint;
  /** In alphabetical order, no repeats. */
  readonly collections: readonly string[];
  /** 0 where it is unknown. */
  readonly weightGrams: number;
  readonly taxCategory: TaxCategory;
  readonly state: ProductState;
}

/** What the catalogue knows of a product. */
export interface ProductRecord extends ProductSpec {
  /** Grows by one with every change; 1 when new. */
  readonly revision: bigint;
  /** Of what moment the specification speaks. */
  readonly observedAt: Date;
}

/** A product as it is shown: with its times, and what could be ordered of it. */
export interface Product extends ProductRecord {
  readonly available: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What an observation does to the catalogue. `unchanged` may still carry a record: nothing is said anew, but more recently. */
export type Observation =
  | { readonly kind: "created" | "updated"; readonly record: ProductRecord }
  | { readonly kind: "unchanged"; readonly record?: ProductRecord }
  | { readonly kind: "currency_changed" };

/** What somebody saw at `observedAt`, held against what is known: only something newer changes it, and never its currency. */
export function observe(known: ProductRecord | undefined, spec: ProductSpec, observedAt: Date): Observation {
  if (!known) return { kind: "created", record: { ...spec, revision: 1n, observedAt } };
  if (known.currencyCode !== spec.currencyCode) return { kind: "currency_changed" };
  if (observedAt <= known.observedAt) return { kind: "unchanged" };
  return replace(known, spec, observedAt);
}

/** What an operator says now: it counts as the newest observation, whatever was observed before. */
export function declare(known: ProductRecord | undefined, spec: ProductSpec, now: Date) {
  if (!known) return { kind: "created", record: { ...spec, revision: 1n, observedAt: now } } as const;
  return replace(known, spec, now > known.observedAt ? now : known.observedAt);
}

function replace(known: ProductRecord, spec: ProductSpec, observedAt: Date) {
  const { revision } = known;
  if (saysTheSame(known, spec)) {
    return { kind: "unchanged", record: { ...spec, revision, observedAt } } as const;
  }
  return { kind: "updated", record: { ...spec, revision: revision + 1n, observedAt } } as const;
}

/** Whether two specifications say the same. */
export function saysTheSame(a: ProductSpec, b: ProductSpec): boolean {
  return (
    a.sku === b.sku &&
    a.name === b.name &&
    a.description === b.description &&
    a.currencyCode === b.currencyCode &&
    a.priceMinor === b.priceMinor &&
    a.weightGrams === b.weightGrams &&
    a.taxCategory === b.taxCategory &&
    a.state === b.state &&
    a.collections.length === b.collections.length &&
    a.collections.every((collection, index) => collection === b.collections[index])
  );
}
