import type { Transport } from "@connectrpc/connect";
import type { CommonTransportOptions } from "@connectrpc/connect/protocol";
import { createTransport as connect } from "@connectrpc/connect/protocol-connect";
import { createTransport as grpc } from "@connectrpc/connect/protocol-grpc";
import { createTransport as grpcWeb } from "@connectrpc/connect/protocol-grpc-web";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import type { Outlet } from "./outlet.js";
import type { RequestTemplates } from "./request-templates.js";
import { universalClient } from "./universal-client.js";

/** How messages may be framed. */
export type WireProtocol = "grpc" | "connect" | "grpc-web";

const TRANSPORTS = { grpc, connect, "grpc-web": grpcWeb } as const;

/** What Connect's protocols may be told, all with the defaults of Connect's own transports. */
export type MessageOptions = Omit<CommonTransportOptions, "httpClient" | "baseUrl">;

/** As Connect's own transports have it: binary, compressed answers taken, requests as they are. */
export const MESSAGE_DEFAULTS: MessageOptions = {
  useBinaryFormat: true,
  interceptors: [],
  acceptCompression: [compressionGzip, compressionBrotli],
  sendCompression: null,
  compressMinBytes: 1_024,
  readMaxBytes: 0xffff_ffff,
  writeMaxBytes: 0xffff_ffff,
};

/** A Connect transport whose requests go out by an outlet. */
export function transportOver(
  protocol: WireProtocol,
  baseUrl: string,
  outlet: Outlet,
  templates: RequestTemplates,
  options: MessageOptions,
): Transport {
  const httpClient = universalClient(outlet, templates);
  return TRANSPORTS[protocol]({ ...options, httpClient, baseUrl });
}
