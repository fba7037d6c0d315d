import { type Address, distinct, type Resolver } from "./resolver.js";

/** A list that never changes. */
export function staticResolver(addresses: readonly Address[]): Resolver {
  const list = distinct(addresses);
  return {
    start({ onAddresses }) {
      onAddresses(list);
      return () => {};
    },
  };
}
