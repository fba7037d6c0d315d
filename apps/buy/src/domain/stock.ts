/** Units of one product that an order wants, holds or has taken. */
export interface StockLine {
  readonly sku: string;
  /** More than 0. */
  readonly quantity: bigint;
}

/** How many units of a product there are. Always 0 <= reserved <= onHand. */
export interface StockLevel {
  readonly sku: string;
  /** Units in the warehouse. */
  readonly onHand: bigint;
  /** Of these, units that are held for orders which are not yet confirmed. */
  readonly reserved: bigint;
}

/** The first product of which there is not enough. */
export interface Shortage {
  readonly sku: string;
  readonly wanted: bigint;
  /** 0 also for a product that nobody knows. */
  readonly available: bigint;
}

/** Units that can still be ordered. */
export function availableOf(level: StockLevel): bigint {
  return level.onHand - level.reserved;
}

/** One line per product, in ascending order of SKU (by code unit, as the database orders them). */
export function linesBySku(lines: readonly StockLine[]): readonly StockLine[] {
  const quantities = new Map<string, bigint>();
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0n) + quantity);
  return [...quantities]
    .map(([sku, quantity]) => ({ sku, quantity }))
    .sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

/** The first line that the levels cannot serve; undefined when they can serve all. */
export function findShortage(
  levels: readonly StockLevel[],
  lines: readonly StockLine[],
): Shortage | undefined {
  const bySku = new Map(levels.map((level) => [level.sku, availableOf(level)]));
  const short = lines.find((line) => (bySku.get(line.sku) ?? 0n) < line.quantity);
  return short && { sku: short.sku, wanted: short.quantity, available: bySku.get(short.sku) ?? 0n };
}
