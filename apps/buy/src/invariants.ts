import type { Invariant } from "@charter/postgres";
import { orderInvariants } from "./invariants-orders.js";
import { stockInvariants } from "./invariants-stock.js";

/** Every statement about this service's own data that always holds. */
export const invariants: readonly Invariant[] = [...stockInvariants, ...orderInvariants];
