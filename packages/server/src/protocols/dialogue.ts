import type { HttpAnswer } from "../http/exchange.js";

/** One call's way of speaking: how its messages lie in the HTTP bodies and how its errors look. */
export interface Dialogue {
  readonly protocol: "connect" | "grpc" | "grpc-web";
  /** Whether messages are JSON; otherwise protobuf's binary format. */
  readonly json: boolean;
  /**
   * The time that the caller allows, in milliseconds; undefined when it says nothing.
   *
   * @throws ContractError when the header is malformed
   */
  timeoutMs(): number | undefined;
  /** The request's messages after decompression. None is held beyond `maxBytes`; over it the iteration throws. */
  requests(maxBytes: number): AsyncIterable<Uint8Array>;
  /**
   * The answer that carries `responses`, and the ConnectError that they throw. `trailer` is read once they have ended. Never throws
   * itself.
   */
  respond(responses: AsyncIterable<Uint8Array>, header: Headers, trailer: Headers): Promise<HttpAnswer>;
}
