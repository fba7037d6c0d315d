import type { Basket, BasketLine } from "./basket.js";
import type { DiscountClass, Scope } from "./campaign.js";

/** The class follows from the scope. */
export function classOf(scope: Scope): DiscountClass {
  switch (scope.kind) {
    case "products":
    case "collections":
      return "product";
    case "order":
      return "order";
    case "shipping":
      return "shipping";
  }
}

/** The lines that a campaign looks at: those in scope, and all of them where it acts on the order or on shipping. */
export function linesInScope(scope: Scope, basket: Basket): readonly BasketLine[] {
  switch (scope.kind) {
    case "products": {
      const skus = new Set(scope.skus);
      return basket.lines.filter((line) => skus.has(line.sku));
    }
    case "collections": {
      const ids = new Set(scope.collections);
      return basket.lines.filter((line) => line.collections.some((id) => ids.has(id)));
    }
    case "order":
    case "shipping":
      return basket.lines;
  }
}
