import { Code, ConnectError } from "@connectrpc/connect";
import type { Admission } from "../admission/admission.js";
import type { Layer } from "../server-call.js";

/**
 * Lets in as many calls as the contract allows and the process can bear; the others wait for a short time or are refused before anything
 * of their body is read. A stream keeps its slot while it is open.
 */
export function admit<T>(admission: Admission): Layer<T> {
  return async function* (call, next) {
    const admitted = admission.admit(call);
    const slot = admitted instanceof Promise ? await admitted : admitted;
    // A caller that leaves, and a request that is refused early, say nothing of how long the method takes.
    let tellsLatency = false;
    try {
      yield* next();
      tellsLatency = true;
    } catch (thrown) {
      tellsLatency = ConnectError.from(thrown).code === Code.DeadlineExceeded;
      throw thrown;
    } finally {
      slot.release(tellsLatency);
    }
  };
}
