/** Another process listens on the port already. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
  readonly port: number;

  constructor(port: number, cause: unknown) {
    super(`port ${port} is taken by another process`, { cause });
    this.port = port;
  }
}
