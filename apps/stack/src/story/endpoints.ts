import { serviceNames } from "../launch/services.js";
import type { StackFile } from "../launch/stack-file.js";
import { bold, dim, pad, type Terminal } from "../terminal.js";
import type { Shopper } from "./first-order.js";

const purposes = {
  user: "accounts, sessions, addresses",
  discount: "campaigns, codes, redemptions",
  delivery: "quotes, slots, shipments",
  buy: "catalogue, cart, orders",
} as const;

/** Where everything listens, and three calls to paste: a public one, a login, and one that needs its token. */
export function showEndpoints(terminal: Terminal, { services }: StackFile, shopper: Shopper): void {
  terminal.line();
  terminal.line(
    bold("Endpoints") + dim("  (Connect, gRPC and gRPC-Web, HTTP/1.1 and h2c, on the same port)"),
  );
  for (const name of serviceNames)
    terminal.line(`  ${pad(name, 10)}${pad(services[name].url, 26)}${dim(purposes[name])}`);
  terminal.line();
  terminal.line(bold("Try it"));
  for (const line of curlLines(services.buy.url, services.user.url, shopper)) terminal.line(`  ${line}`);
  terminal.line();
}

function curlLines(buy: string, user: string, { email, password }: Shopper): string[] {
  const json = "-H 'content-type: application/json'";
  const body = JSON.stringify({ email, password });
  return [
    `curl -s ${json} -d '{}' ${buy}/shop.buy.v1.CatalogService/ListProducts`,
    `TOKEN=$(curl -s ${json} -d '${body}' ${user}/shop.user.v1.UserService/Login | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`,
    `curl -s ${json} -H "authorization: Bearer $TOKEN" -d '{}' ${buy}/shop.buy.v1.CartService/GetCart`,
  ];
}
