import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalClientFn, UniversalClientRequest } from "@connectrpc/connect/protocol";
import { fieldOf } from "./header-fields.js";
import { HttpExchange } from "./http-exchange.js";
import type { Outlet } from "./outlet.js";
import type { RequestTemplates } from "./request-templates.js";

/** What Connect's protocols send requests by. */
export function universalClient(outlet: Outlet, templates: RequestTemplates): UniversalClientFn {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const template = templates.of(request.method, pathname + search);
    const extra = [...request.header].map(([name, value]) => fieldOf(name, value));
    if (request.signal?.aborted) throw ConnectError.from(request.signal.reason, Code.Canceled);
    const exchange = new HttpExchange(outlet);
    const stream = outlet.open(template, exchange, request.body === undefined, extra);
    return exchange.run(stream, request as UniversalClientRequest);
  };
}
