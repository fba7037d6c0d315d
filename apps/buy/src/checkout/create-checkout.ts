import { createSagaRunner, enqueueSaga, type SagaRunner } from "@charter/saga";
import { currentContext, type Tracer } from "@charter/telemetry";
import type { Transaction } from "kysely";
import { CheckoutOrders } from "../store/checkout-orders.js";
import { cancellationSaga } from "./cancellation-saga.js";
import type { CheckoutDeps } from "./checkout-deps.js";
import { cancellationId, checkoutId } from "./checkout-keys.js";
import { checkoutSaga } from "./checkout-saga.js";
import { inTraceOfOrder } from "./in-trace-of-order.js";
import { OverdueStock } from "./overdue-stock.js";

/** The checkouts of this process. Any number of processes share the work through the database. */
export interface Checkout {
  /** Begins the checkout of an order within the transaction that places it. Call `wake` once that is committed. */
  begin(tx: Transaction<unknown>, orderId: string): Promise<void>;
  /** Begins to undo a confirmed order within the transaction that cancels it. Call `wake` once that is committed. */
  beginCancellation(tx: Transaction<unknown>, orderId: string): Promise<void>;
  /** Lets what is due be taken up now instead of at the next look. */
  wake(): void;
  /** Begins to work; `stop` ends it. */
  start(): void;
  /** Finishes the steps that are under way and takes up no more. */
  stop(): Promise<void>;
  /** Works off what is due and resolves with how many attempts that took; for tests, instead of `start`. */
  runDue(): Promise<number>;
}

export interface CheckoutOptions {
  /** How many checkouts run at once in this process. Default 16. */
  readonly concurrency?: number;
  /** Time after which the checkouts of a dead process are taken over. Default 10,000. */
  readonly leaseMs?: number;
  /** Time between two looks for what is due. Default 500. */
  readonly pollMs?: number;
  /** Source of jitter in [0, 1). Default Math.random. */
  readonly random?: () => number;
  /** Records the steps in the trace of the call that placed the order. Default: they are not recorded. */
  readonly tracer?: Tracer | undefined;
}

const DEFAULTS = { concurrency: 16, leaseMs: 10_000, pollMs: 500 };

/** Makes the machinery that carries orders from placed to confirmed and on. It does nothing before `start`. */
export function createCheckout(given: Omit<CheckoutDeps, "orders">, options: CheckoutOptions = {}): Checkout {
  const { db, clock, log } = given;
  const deps = { ...given, orders: new CheckoutOrders(db) };
  const saga = checkoutSaga(deps);
  const cancellation = cancellationSaga(deps);
  const sagas = [saga, cancellation];
  const around = inTraceOfOrder(options.tracer);
  const runner: SagaRunner = createSagaRunner({ db, sagas, clock, log, around, ...DEFAULTS, ...options });
  const overdue = new OverdueStock(deps);
  return {
    begin: (tx, orderId) =>
      enqueueSaga(tx, saga, { id: checkoutId(orderId), state: { orderId }, trace: currentTrace(), clock }),
    beginCancellation: (tx, orderId) =>
      enqueueSaga(tx, cancellation, {
        id: cancellationId(orderId),
        state: { orderId },
        trace: currentTrace(),
        clock,
      }),
    wake: () => runner.wake(),
    runDue: () => runner.runDue(),
    start() {
      runner.start();
      overdue.start();
    },
    async stop() {
      await Promise.all([runner.stop(), overdue.stop()]);
    },
  };
}

const currentTrace = () => currentContext()?.traceparent;
