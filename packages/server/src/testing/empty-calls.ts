import { create, type DescMethod, toBinary } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { endStreamFromJson, errorFromJsonBytes } from "@connectrpc/connect/protocol-connect";
import { findTrailerError } from "@connectrpc/connect/protocol-grpc";
import { trailerFlag, trailerParse } from "@connectrpc/connect/protocol-grpc-web";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { envelope } from "../protocols/envelope.js";

/** Calls a method that takes one empty message, with a client that is not ours. The error that it was answered with; undefined for success. */
export type EmptyCall = (
  url: string,
  method: DescMethod,
  header?: Readonly<Record<string, string>>,
) => Promise<ConnectError | undefined>;

/** A client for each protocol, for unary methods and for those that answer a stream. */
export const emptyCalls: Readonly<Record<string, EmptyCall>> = {
  "Connect by fetch": connectCall,
  "gRPC by grpc-js": grpcJsCall,
  "gRPC-Web by fetch": grpcWebCall,
};

const fallback = new ConnectError("the answer is no error of the protocol");
const END_STREAM = 2;

async function connectCall(url: string, method: DescMethod, header = {}): Promise<ConnectError | undefined> {
  const isUnary = method.methodKind === "unary";
  const answer = await fetch(`${url}${pathOf(method)}`, {
    method: "POST",
    headers: { "content-type": isUnary ? "application/json" : "application/connect+json", ...header },
    body: isUnary ? "{}" : envelope(0, Buffer.from("{}")),
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (isUnary) return answer.ok ? undefined : errorFromJsonBytes(bytes, answer.headers, fallback);
  return endStreamFromJson(lastEnvelope(bytes, END_STREAM)).error;
}

async function grpcWebCall(url: string, method: DescMethod, header = {}): Promise<ConnectError | undefined> {
  const answer = await fetch(`${url}${pathOf(method)}`, {
    method: "POST",
    headers: { "content-type": "application/grpc-web+proto", ...header },
    body: envelope(0, new Uint8Array()),
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return findTrailerError(trailerParse(lastEnvelope(bytes, trailerFlag)));
}

function grpcJsCall(url: string, method: DescMethod, header = {}): Promise<ConnectError | undefined> {
  const client = new Client(new URL(url).host, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [name, value] of Object.entries<string>(header)) metadata.set(name, value);
  const encode = () => Buffer.from(toBinary(method.input, create(method.input)));
  // One way for both kinds: to gRPC a unary answer is a stream of one message.
  const stream = client.makeServerStreamRequest(pathOf(method), encode, () => ({}), {}, metadata, {});
  return new Promise<ConnectError | undefined>((resolve) => {
    stream.on("error", (error: ServiceError) => resolve(errorOf(error)));
    stream.on("end", () => resolve(undefined));
    stream.resume();
  }).finally(() => client.close());
}

function errorOf({ code, metadata, details }: ServiceError): ConnectError | undefined {
  const trailer = new Headers({ "grpc-status": String(code), "grpc-message": encodeURIComponent(details) });
  for (const value of metadata.get("grpc-status-details-bin"))
    trailer.set("grpc-status-details-bin", Buffer.from(value).toString("base64"));
  return findTrailerError(trailer);
}

function lastEnvelope(bytes: Uint8Array, lastFlag: number): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (bytes[0] === lastFlag) return bytes.subarray(5);
  return lastEnvelope(bytes.subarray(5 + length), lastFlag);
}

function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}
