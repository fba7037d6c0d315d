import { redactedTexts, withoutTexts } from "@charter/telemetry";
import type { ServerCall } from "./server-call.js";

/** Takes the values of the request's `debug_redact` fields out of texts about the call. They are gathered when it is first used. */
export function redactorOf(call: ServerCall): (text: string) => string {
  let gathered: { readonly of: unknown; readonly secrets: readonly string[] } | undefined;
  return (text) => {
    const { request, method } = call;
    if (!request) return text;
    if (gathered?.of !== request) gathered = { of: request, secrets: redactedTexts(method.input, request) };
    return withoutTexts(text, gathered.secrets);
  };
}
