/** The peer broke the protocol, or a bound that was set for it, in a way that ends the connection. RFC 9113, section 5.4.1. */
export class ConnectionError extends Error {
  /** One of `errorCodes`; goes out in GOAWAY. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = "ConnectionError";
    this.code = code;
  }
}

/** The peer broke the protocol in a way that ends one stream. RFC 9113, section 5.4.2. */
export class StreamError extends Error {
  readonly streamId: number;
  /** One of `errorCodes`; goes out in RST_STREAM. */
  readonly code: number;

  constructor(streamId: number, code: number, message: string) {
    super(message);
    this.name = "StreamError";
    this.streamId = streamId;
    this.code = code;
  }
}
