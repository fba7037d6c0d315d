import type { Admission } from "../admission/admission.js";
import type { LaneStep, Layer, ServerCall } from "../server-call.js";
import { exactlyOne, takesOne } from "./decode.js";
import { withSteps } from "./with-steps.js";

/**
 * Reads the request of a method that takes one message before the call asks for a slot: who sends it byte by byte, or not at all, would hold one
 * for as long as the deadline lets it, and a few hundred such calls would keep out all others. How many may be read at once is bounded too.
 */
export function gather(admission: Admission): Layer<Uint8Array> {
  const step: LaneStep = {
    async read(call, work) {
      const end = admission.beginReading(call.policy);
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
  const iteration = async function* (
    call: ServerCall,
    next: () => AsyncIterable<Uint8Array>,
  ): AsyncIterable<Uint8Array> {
    if (takesOne(call)) {
      const { bytes } = call;
      call.bytes = replay((await step.read?.(call, () => collect(exactlyOne(bytes)))) ?? []);
    }
    yield* next();
  };
  return withSteps(iteration, () => step);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const messages: Uint8Array[] = [];
  for await (const bytes of source) messages.push(bytes);
  return messages;
}

async function* replay(messages: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* messages;
}
