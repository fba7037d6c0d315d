/** A header block that breaks RFC 7541, or a bound that was set for it. The whole connection must end: its tables differ from now on. */
export class HpackError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "HpackError";
  }
}
