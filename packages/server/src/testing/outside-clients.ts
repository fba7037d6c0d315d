import {
  create,
  type DescMethod,
  fromBinary,
  fromJson,
  type JsonObject,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { ErrorInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { StatusSchema } from "@charter/contract/google/rpc/status_pb.js";
import { type Code, ConnectError } from "@connectrpc/connect";
import { codeToString, errorFromJson } from "@connectrpc/connect/protocol-connect";
import { findTrailerError } from "@connectrpc/connect/protocol-grpc";
import { trailerFlag, trailerParse } from "@connectrpc/connect/protocol-grpc-web";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { envelope } from "../protocols/envelope.js";

/** A call as any client may make it. */
export interface OutsideCall {
  readonly url: string;
  readonly method: DescMethod;
  readonly requests: readonly JsonObject[];
  readonly token?: string;
  readonly timeoutMs?: number;
  /** Bytes by which each request grows without saying anything else. Default 0. */
  readonly padding?: number;
}

/** How it ended, and what came before. */
export interface OutsideAnswer {
  /** "ok" or the code's name, e.g. "not_found". */
  readonly code: string;
  readonly reason: string | undefined;
  readonly responses: readonly JsonObject[];
}

/** The same call by clients that share no code with ours: fetch with JSON, grpc-js, and gRPC-Web by hand. */
export const outsideClients: Readonly<Record<string, (call: OutsideCall) => Promise<OutsideAnswer>>> = {
  "fetch JSON": fetchJson,
  "grpc-js": grpcJs,
  "gRPC-Web": grpcWeb,
};

const END_STREAM = 2;
const fallback = new ConnectError("the answer is no error of the protocol");

async function fetchJson(call: OutsideCall): Promise<OutsideAnswer> {
  const isUnary = call.method.methodKind === "unary";
  const [first = new Uint8Array()] = bodies(call);
  const answer = await post(call, isUnary ? "application/json" : "application/connect+json", {
    body: isUnary ? first : Buffer.concat(bodies(call).map((it) => envelope(0, it))),
    ...(call.timeoutMs !== undefined && { "connect-timeout-ms": String(call.timeoutMs) }),
    ...(!isUnary && { "connect-protocol-version": "1" }),
  });
  if (isUnary) {
    const json = JSON.parse(answer.bytes.toString()) as JsonObject;
    return answer.ok ? ended(undefined, [json]) : ended(errorFromJson(json, undefined, fallback), []);
  }
  const frames = framesOf(answer.bytes);
  const { error } = JSON.parse(frames.at(-1)?.data.toString() ?? "{}") as { error?: JsonObject };
  const responses = frames.filter(({ flags }) => (flags & END_STREAM) === 0);
  return ended(error && errorFromJson(error, undefined, fallback), responses.map(jsonOf));
}

async function grpcWeb(call: OutsideCall): Promise<OutsideAnswer> {
  const answer = await post(call, "application/grpc-web+json", {
    body: Buffer.concat(bodies(call).map((it) => envelope(0, it))),
    ...(call.timeoutMs !== undefined && { "grpc-timeout": `${call.timeoutMs}m` }),
  });
  const frames = framesOf(answer.bytes);
  const trailer = frames.find(({ flags }) => flags === trailerFlag);
  const responses = frames.filter((it) => it !== trailer);
  return ended(findTrailerError(trailerParse(trailer?.data ?? Buffer.alloc(0))), responses.map(jsonOf));
}

function grpcJs({
  url,
  method,
  requests,
  token,
  timeoutMs,
  padding = 0,
}: OutsideCall): Promise<OutsideAnswer> {
  const client = new Client(new URL(url).host, credentials.createInsecure());
  const metadata = new Metadata();
  if (token) metadata.set("authorization", `Bearer ${token}`);
  const stream = client.makeBidiStreamRequest<JsonObject, JsonObject>(
    `/${method.parent.typeName}/${method.name}`,
    (json) => Buffer.concat([toBinary(method.input, fromJson(method.input, json)), unknownField(padding)]),
    (bytes) => toJson(method.output, fromBinary(method.output, bytes)) as JsonObject,
    metadata,
    timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs },
  );
  for (const request of requests) stream.write(request);
  stream.end();
  const responses: JsonObject[] = [];
  return new Promise((resolve) => {
    stream.on("data", (response: JsonObject) => responses.push(response));
    stream.on("error", (error: ServiceError) => {
      client.close();
      resolve({ code: codeToString(error.code as number as Code), reason: reasonIn(error), responses });
    });
    stream.on("end", () => {
      client.close();
      resolve({ code: "ok", reason: undefined, responses });
    });
  });
}

function reasonIn({ metadata }: ServiceError): string | undefined {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Buffer)) return undefined;
  const info = fromBinary(StatusSchema, bytes).details.find((it) =>
    it.typeUrl.endsWith(ErrorInfoSchema.typeName),
  );
  return info && fromBinary(ErrorInfoSchema, info.value).reason;
}

/** A field that no message has, of so many bytes with what announces it. */
function unknownField(bytes: number): Buffer {
  if (bytes === 0) return Buffer.alloc(0);
  const length = [(bytes & 0x7f) | 0x80, ((bytes >> 7) & 0x7f) | 0x80, bytes >> 14];
  return Buffer.concat([Buffer.from([0xfa, 0x3e, ...length]), Buffer.alloc(bytes)]);
}

function bodies({ method, requests, padding = 0 }: OutsideCall): Buffer[] {
  return requests.map((json) => {
    const text = JSON.stringify(toJson(method.input, create(method.input, fromJson(method.input, json))));
    return Buffer.from(text + " ".repeat(padding));
  });
}

async function post(call: OutsideCall, type: string, { body, ...header }: { body: Uint8Array }) {
  const answer = await fetch(`${call.url}/${call.method.parent.typeName}/${call.method.name}`, {
    method: "POST",
    headers: {
      "content-type": type,
      ...(call.token && { authorization: `Bearer ${call.token}` }),
      ...header,
    },
    body,
  });
  return { ok: answer.ok, bytes: Buffer.from(await answer.arrayBuffer()) };
}

interface Frame {
  readonly flags: number;
  readonly data: Buffer;
}

function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    frames.push({ flags: bytes.readUInt8(at), data: bytes.subarray(at + 5, end) });
    at = end;
  }
  return frames;
}

function jsonOf({ data }: Frame): JsonObject {
  return JSON.parse(data.toString());
}

function ended(error: ConnectError | undefined, responses: readonly JsonObject[]): OutsideAnswer {
  const code = error ? codeToString(error.code) : "ok";
  return { code, reason: error?.findDetails(ErrorInfoSchema)[0]?.reason, responses };
}
