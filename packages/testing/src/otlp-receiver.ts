import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** A span as a collector got it. */
export interface ReceivedSpan {
  /** The `service.name` of its resource. */
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number;
  readonly traceState: string;
  readonly durationMs: number;
}

/** A collector of traces for tests: OTLP over HTTP, in protobuf. */
export interface OtlpReceiver {
  /** What to set OTEL_EXPORTER_OTLP_ENDPOINT to. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Every body as it came, for tests that search all of it. */
  readonly bodies: readonly Buffer[];
  /** Answers requests with this status from now on, or never with undefined. Default 200. */
  answerWith(status: number | undefined): void;
  stop(): Promise<void>;
}

/** Starts a collector on a free port of 127.0.0.1. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  let status: number | undefined = 200;
  const server = createServer(async (request, response: ServerResponse) => {
    const body = await buffer(request);
    if (status === undefined) return;
    bodies.push(body);
    if (status === 200) spans.push(...readRequest(body));
    response.writeHead(status).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    answerWith: (next) => {
      status = next;
    },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The fields of a message by number, in the order of the wire: what the four levels of an export need, without its proto. */
function fieldsOf(bytes: Uint8Array): Map<number, (Uint8Array | bigint)[]> {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, (Uint8Array | bigint)[]>();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const values = fields.get(number) ?? [];
    values.push(readValue(reader, type));
    fields.set(number, values);
  }
  return fields;
}

function readValue(reader: BinaryReader, type: WireType): Uint8Array | bigint {
  if (type === WireType.LengthDelimited) return reader.bytes();
  if (type === WireType.Bit64) return BigInt(reader.fixed64());
  return type === WireType.Bit32 ? BigInt(reader.fixed32()) : BigInt(reader.uint64());
}

const messages = (bytes: Uint8Array, number: number) =>
  (fieldsOf(bytes).get(number) ?? []).filter((value) => value instanceof Uint8Array);
const text = (bytes: Uint8Array, number: number) => Buffer.from(messages(bytes, number)[0] ?? []).toString();
const hex = (bytes: Uint8Array, number: number) =>
  Buffer.from(messages(bytes, number)[0] ?? []).toString("hex");
const integer = (bytes: Uint8Array, number: number) =>
  BigInt((fieldsOf(bytes).get(number)?.[0] as bigint) ?? 0);

function readRequest(body: Uint8Array): ReceivedSpan[] {
  return messages(body, 1).flatMap((resourceSpans) => {
    const [resource = new Uint8Array()] = messages(resourceSpans, 1);
    const service = String(attributesOf(resource, 1)["service.name"]);
    return messages(resourceSpans, 2)
      .flatMap((scopeSpans) => messages(scopeSpans, 2))
      .map((span) => readSpan(service, span));
  });
}

function readSpan(service: string, span: Uint8Array): ReceivedSpan {
  const [status = new Uint8Array()] = messages(span, 15);
  return {
    service,
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    traceState: text(span, 3),
    parentSpanId: hex(span, 4),
    name: text(span, 5),
    kind: Number(integer(span, 6)),
    durationMs: Number(integer(span, 8) - integer(span, 7)) / 1e6,
    attributes: attributesOf(span, 9),
    status: Number(integer(status, 3)),
  };
}

function attributesOf(bytes: Uint8Array, number: number): Record<string, string | number | boolean> {
  return Object.fromEntries(
    messages(bytes, number).map((pair) => [
      text(pair, 1),
      anyValue(messages(pair, 2)[0] ?? new Uint8Array()),
    ]),
  );
}

function anyValue(bytes: Uint8Array): string | number | boolean {
  const fields = fieldsOf(bytes);
  if (fields.has(2)) return fields.get(2)?.[0] === 1n;
  return fields.has(3) ? Number(fields.get(3)?.[0]) : text(bytes, 1);
}
