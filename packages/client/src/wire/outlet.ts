import type { EncodedField, RequestTemplate, ResponseReceiver, Stream } from "@charter/wire";

/** By what one request goes out. */
export interface Outlet {
  /**
   * Begins the request.
   * @throws ConnectError ABORTED when the connection takes no more; then nothing was sent
   */
  open(
    template: RequestTemplate,
    receiver: ResponseReceiver,
    endStream: boolean,
    extra: readonly EncodedField[],
  ): Stream;
  /** As `open`, with all of the request's body. */
  openWhole(
    template: RequestTemplate,
    receiver: ResponseReceiver,
    body: Buffer,
    extra: readonly EncodedField[],
  ): Stream;
  /** To be called when the stream is over. */
  closed(code: number): void;
}
