/** What is stored of a redemption's state; that a reservation has expired follows from the time. */
export type RedemptionState = "reserved" | "committed" | "released" | "rolled_back";

/** Why a step in a redemption's life is refused; the contract's DiscountError says what each means. */
export type LifeRefusal =
  | "redemption_not_found"
  | "redemption_released"
  | "redemption_committed"
  | "redemption_not_committed"
  | "redemption_rolled_back";

/** What a call has to do: answer with what is there, refuse, or its own work. */
export type Step<Work extends string> =
  | { readonly do: "answer" | Work }
  | { readonly do: "refuse"; readonly reason: LifeRefusal };

export interface StoredLife {
  readonly state: RedemptionState;
  /** End of the reservation, milliseconds since the epoch; undefined for a tombstone. */
  readonly expiresMs: number | undefined;
}

/** A reservation holds its part until its end, exclusive. */
export function isExpired(life: StoredLife, nowMs: number): boolean {
  return life.state === "reserved" && life.expiresMs !== undefined && life.expiresMs <= nowMs;
}

/** `create` for an unknown id, `renew` for a reservation whose time is over. */
export function stepOfReserve(life: StoredLife | undefined, nowMs: number): Step<"create" | "renew"> {
  switch (life?.state) {
    case undefined:
      return { do: "create" };
    case "reserved":
      return { do: life && isExpired(life, nowMs) ? "renew" : "answer" };
    case "committed":
      return { do: "answer" };
    case "released":
      return { do: "refuse", reason: "redemption_released" };
    case "rolled_back":
      return { do: "refuse", reason: "redemption_rolled_back" };
  }
}

/** `commit` also after the reservation's time is over: what it held may still be free. */
export function stepOfCommit(life: StoredLife | undefined): Step<"commit"> {
  switch (life?.state) {
    case undefined:
      return { do: "refuse", reason: "redemption_not_found" };
    case "reserved":
      return { do: "commit" };
    case "committed":
      return { do: "answer" };
    case "released":
      return { do: "refuse", reason: "redemption_released" };
    case "rolled_back":
      return { do: "refuse", reason: "redemption_rolled_back" };
  }
}

/** `entomb` for an unknown id, so that a Reserve that was overtaken is refused when it arrives. */
export function stepOfRelease(life: StoredLife | undefined): Step<"entomb" | "release"> {
  switch (life?.state) {
    case undefined:
      return { do: "entomb" };
    case "reserved":
      return { do: "release" };
    case "committed":
      return { do: "refuse", reason: "redemption_committed" };
    case "released":
    case "rolled_back":
      return { do: "answer" };
  }
}

/** `give_back` only what is committed. */
export function stepOfRollback(life: StoredLife | undefined): Step<"give_back"> {
  switch (life?.state) {
    case undefined:
      return { do: "refuse", reason: "redemption_not_found" };
    case "reserved":
      return { do: "refuse", reason: "redemption_not_committed" };
    case "committed":
      return { do: "give_back" };
    case "released":
      return { do: "refuse", reason: "redemption_released" };
    case "rolled_back":
      return { do: "answer" };
  }
}
