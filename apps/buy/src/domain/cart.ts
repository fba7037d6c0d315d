/** The most different products in a cart. */
export const MAX_CART_LINES = 200;

/** One product in a cart. */
export interface CartLine {
  readonly sku: string;
  /** More than 0. */
  readonly quantity: number;
}

/** What a change makes of a cart's lines. */
export type CartChange =
  | { readonly kind: "changed"; readonly quantity: number }
  | { readonly kind: "unchanged" }
  | { readonly kind: "full" };

/** What happens when the cart shall hold this many units of a product; 0 removes it. */
export function setQuantity(lines: readonly CartLine[], sku: string, quantity: number): CartChange {
  const held = lines.find((line) => line.sku === sku)?.quantity ?? 0;
  if (held === quantity) return { kind: "unchanged" };
  if (held === 0 && lines.length >= MAX_CART_LINES) return { kind: "full" };
  return { kind: "changed", quantity };
}

/** What is left of a cart once these lines were ordered: what was put in since stays. */
export function withoutOrdered(
  lines: readonly CartLine[],
  ordered: readonly CartLine[],
): readonly CartLine[] {
  const taken = new Map(ordered.map((line) => [line.sku, line.quantity]));
  return lines
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - (taken.get(sku) ?? 0) }))
    .filter((line) => line.quantity > 0);
}
