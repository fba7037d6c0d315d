import type { Message } from "@bufbuild/protobuf";
import type { Endpoint, Layer, ServerCall } from "../server-call.js";
import { mapEach } from "./map-each.js";
import { withSteps } from "./with-steps.js";

/** Lets a request message pass, or throws. */
export type RequestCheck = (call: ServerCall, request: Message) => void;

/** A layer that checks every request message. `prepare` makes a method's check. */
export function eachRequest(prepare: (endpoint: Endpoint) => RequestCheck): Layer<Message> {
  return withSteps(
    async function* (call, next) {
      const check = prepare(call.endpoint);
      call.requests = mapEach(call.requests, (request) => {
        check(call, request);
        return request;
      });
      yield* next();
    },
    (endpoint) => ({ check: prepare(endpoint) }),
  );
}
