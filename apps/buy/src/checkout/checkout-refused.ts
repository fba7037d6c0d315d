import type { OrderFailure } from "../domain/order.js";

/** The order cannot be carried out, and trying again does not help: everything is to be undone. */
export class CheckoutRefused extends Error {
  readonly failure: OrderFailure;

  constructor(failure: OrderFailure) {
    super(failure.explanation);
    this.name = "CheckoutRefused";
    this.failure = failure;
  }
}

/** Somebody asked to call the order off before it was confirmed: everything is to be undone. */
export class CheckoutCancelled extends Error {
  constructor() {
    super("the order was called off");
    this.name = "CheckoutCancelled";
  }
}
