/** The URL at which a server that listens on an address is reached from this machine. */
export function urlOf({ host, port }: { host: string; port: number }, isTls: boolean): string {
  return `${isTls ? "https" : "http"}://${urlHost(host)}:${port}`;
}

function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
