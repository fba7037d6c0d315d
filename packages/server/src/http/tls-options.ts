/** What a server proves itself with, and whom it lets in. All PEM. */
export interface TlsKeys {
  /** The private key. */
  readonly key: string | Buffer;
  /** The certificate, followed by those between it and an authority that callers trust. */
  readonly cert: string | Buffer;
  /**
   * Authorities of callers: who connects must show a certificate of one of them (mutual TLS). It opens the connection and nothing more:
   * who calls is still what the token says. Default: no certificate is asked for.
   */
  readonly ca?: string | Buffer;
}

/** How a port speaks TLS. */
export interface TlsOptions extends TlsKeys {
  /** The oldest version that is spoken. Default: "TLSv1.2". */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** How long a handshake may take. Default: 10,000. */
  readonly handshakeTimeoutMs?: number;
}
