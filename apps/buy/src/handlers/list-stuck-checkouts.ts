import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { listStuckSagas, type SagaStatus } from "@charter/saga";
import { type Handler, pageSizeOf, readPageToken, writePageToken } from "@charter/server";
import { OrderState, type StuckCheckoutSchema } from "@shop/contract/shop/buy/v1/order_pb.js";
import type { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { CheckoutState } from "../checkout/checkout-state.js";
import { readOrderStates } from "../store/order-read.js";
import type { OrderDeps } from "./order-deps.js";

/** The most stuck checkouts that are looked at. When so many are stuck, something larger is broken. */
const MAX_STUCK = 1_000;
const LIST = ["stuck-checkouts"];

export const listStuckCheckouts =
  ({ db }: OrderDeps): Handler<typeof OrderService.method.listStuckCheckouts> =>
  async ({ page }) => {
    const stuck = await listStuckSagas(db, { limit: MAX_STUCK });
    const [after] = readPageToken(page, LIST) ?? [];
    // Where the one that the last page ended with has got on meanwhile, the list begins anew.
    const start = stuck.findIndex(({ id }) => id === after) + 1;
    const part = stuck.slice(start, start + pageSizeOf(page));
    const states = await readOrderStates(db, part.map(orderIdOf));
    const last = part.at(-1);
    const more = last !== undefined && start + part.length < stuck.length;
    return {
      checkouts: part.map((saga) => stuckMessage(saga, states.get(orderIdOf(saga)))),
      page: { nextPageToken: more ? writePageToken(LIST, [last.id]) : "" },
    };
  };

function stuckMessage(
  saga: SagaStatus,
  state: keyof typeof OrderState = "UNSPECIFIED",
): MessageInitShape<typeof StuckCheckoutSchema> {
  return {
    orderId: orderIdOf(saga),
    orderState: OrderState[state],
    step: saga.step,
    compensating: saga.direction === "backward",
    attempts: saga.attempt,
    lastError: saga.lastError ?? "",
    firstAttemptTime: timestampFromDate(saga.createdAt),
    nextAttemptTime: timestampFromDate(saga.dueAt),
  };
}

function orderIdOf({ state }: SagaStatus): string {
  return (state as CheckoutState).orderId;
}
