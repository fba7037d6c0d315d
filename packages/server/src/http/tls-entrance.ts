import { constants } from "node:crypto";
import { createServer, type SecureContextOptions, type TLSSocket } from "node:tls";
import type { Logger } from "@charter/telemetry";
import { FIRST_BYTES_MS } from "./bounds.js";
import type { Entrance, OnConnection } from "./entrance.js";
import type { TlsKeys, TlsOptions } from "./tls-options.js";

/**
 * What TLS 1.2 may use: forward secrecy and authenticated encryption only, which are also all that RFC 9113, appendix A leaves of it.
 * Those of TLS 1.3 are all sound.
 */
const CIPHERS = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/**
 * Takes TLS connections and tells by ALPN which HTTP each speaks: HTTP/2 who has agreed on "h2", HTTP/1.1 all others. Who offers only
 * other protocols is refused in the handshake (RFC 7301, 3.2).
 *
 * @throws Error when the keys cannot be used
 */
export function createTlsEntrance(tls: TlsOptions, onConnection: OnConnection, log: Logger): Entrance {
  const server = createServer(
    {
      ...contextOf(tls),
      requestCert: tls.ca !== undefined,
      rejectUnauthorized: true,
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout: tls.handshakeTimeoutMs ?? FIRST_BYTES_MS,
      noDelay: true,
    },
    (socket) => {
      socket.on("error", (error) => {
        log.debug({ err: error }, "TLS connection broke");
        // Nothing that still comes can be read.
        socket.destroy();
      });
      onConnection(socket, socket.alpnProtocol === "h2" ? "2" : "1.1");
    },
  );
  server.on("tlsClientError", (error, socket: TLSSocket) => {
    log.debug({ err: error, certificate: socket.authorizationError }, "TLS handshake failed");
    socket.destroy();
  });
  return {
    server,
    renewTls: (keys) => server.setSecureContext(contextOf({ ...tls, ...renewed(tls, keys) })),
  };
}

/** Whether callers need a certificate is settled when the port opens; only whose may change. */
function renewed({ ca }: TlsOptions, keys: TlsKeys): TlsKeys {
  if ((ca === undefined) !== (keys.ca === undefined))
    throw new TypeError("`ca` can be replaced, but neither added nor left out");
  return keys;
}

function contextOf({ key, cert, ca, minVersion = "TLSv1.2" }: TlsOptions): SecureContextOptions {
  return {
    key,
    cert,
    ...(ca !== undefined && { ca }),
    minVersion,
    ciphers: CIPHERS,
    honorCipherOrder: true,
    // HTTP/2 forbids it (RFC 9113, 9.2.1), and it lets a caller make the server work.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}
