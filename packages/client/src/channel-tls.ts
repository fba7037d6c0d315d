/** How a channel speaks TLS with the targets whose origins begin with "https:". All PEM. */
export interface ChannelTls {
  /** Authorities whose servers are trusted, instead of the machine's. Default: the machine's, with those in NODE_EXTRA_CA_CERTS. */
  readonly ca?: string | Buffer;
  /** The certificate that servers are shown which ask for one (mutual TLS), followed by those between it and its authority. Default: none. */
  readonly cert?: string | Buffer;
  /** Its private key. */
  readonly key?: string | Buffer;
}
