import type { Stream, StreamReceiver } from "../connection/stream.js";
import type { ResponseHead } from "./response-head.js";

/**
 * What takes the response to a request. `closed` says REFUSED_STREAM exactly when the server has certainly not processed the request, so that
 * it may be sent again whatever it does. RFC 9113, section 8.7.
 */
export interface ResponseReceiver extends StreamReceiver {
  /** The head of the response has come. `ended` tells that there is no body; `end` is then not called. */
  head(stream: Stream, head: ResponseHead, ended: boolean): void;
}
