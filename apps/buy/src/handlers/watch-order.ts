import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Call } from "@charter/server";
import { Code, ConnectError } from "@connectrpc/connect";
import type {
  WatchOrderRequest,
  WatchOrderResponseSchema,
} from "@shop/contract/shop/buy/v1/order_service_pb.js";
import type { Order } from "../domain/order.js";
import { isTerminal } from "../domain/order-state.js";
import type { OrderDeps } from "./order-deps.js";
import { historyMessage, orderMessage, orderMessageAfter } from "./order-message.js";
import { visibleOrder } from "./visible-order.js";

type Response = MessageInitShape<typeof WatchOrderResponseSchema>;

export const watchOrder = ({ db, changes }: OrderDeps) =>
  async function* ({ orderId }: WatchOrderRequest, call: Call): AsyncIterable<Response> {
    let order = await visibleOrder(db, orderId, call);
    yield { order: orderMessage(order) };
    while (!isTerminal(order.state)) {
      const seen = order.history.length;
      if (!(await changes.after(orderId, BigInt(seen), call.signal))) throw stopped(call);
      order = await visibleOrder(db, orderId, call);
      yield* responsesSince(order, seen);
    }
  };

function* responsesSince(order: Order, seen: number): Iterable<Response> {
  for (const entry of order.history.slice(seen)) {
    yield { order: orderMessageAfter(order, entry), change: historyMessage(entry) };
  }
}

// The signal says why it aborted; without it, it is this process that stops, and the client may watch on elsewhere.
function stopped({ signal }: Call): unknown {
  return signal.aborted ? signal.reason : new ConnectError("the server is shutting down", Code.Unavailable);
}
