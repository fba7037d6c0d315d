import { isIP } from "node:net";
import type { ConnectWireOptions } from "@charter/wire";
import type { ChannelTls } from "../channel-tls.js";

const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Where an origin's socket goes: TLS for https, clear text for http. @throws TypeError for any other scheme */
export function socketOptions(
  origin: string,
  tls: ChannelTls,
): Pick<ConnectWireOptions, "host" | "port" | "tls"> {
  const { protocol, hostname, port } = new URL(origin);
  const usual = PORTS[protocol];
  if (usual === undefined) throw new TypeError(`${origin} is neither http nor https`);
  // A URL has IPv6 addresses in brackets, a socket has not.
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const address = { host, port: port === "" ? usual : Number(port) };
  if (protocol === "http:") return address;
  // No server name may be an address. RFC 6066, section 3.
  return { ...address, tls: isIP(host) ? tls : { ...tls, servername: host } };
}
