import type { Invariant } from "@charter/postgres";
import { invariants as buy } from "@shop/buy";
import { invariants as delivery } from "@shop/delivery";
import { invariants as discount } from "@shop/discount";
import type { ServiceName } from "../launch/services.js";

/** Every query that the services state about their own databases. */
export const invariantsByService: Partial<Record<ServiceName, readonly Invariant[]>> = {
  buy,
  discount,
  delivery,
};
