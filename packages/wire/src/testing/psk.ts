import type { ConnectionOptions, TlsOptions } from "node:tls";

// TLS by a shared key: what the tests need of TLS is its records and ALPN, not certificates.
const key = Buffer.from("0123456789abcdef0123456789abcdef", "hex");

export const pskServerOptions: TlsOptions = {
  ciphers: "PSK",
  maxVersion: "TLSv1.2",
  ALPNProtocols: ["h2"],
  pskCallback: () => key,
};

export const pskClientOptions: ConnectionOptions = {
  ciphers: "PSK",
  maxVersion: "TLSv1.2",
  ALPNProtocols: ["h2"],
  pskCallback: () => ({ psk: key, identity: "test" }),
  checkServerIdentity: () => undefined,
};
