import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { StatusSchema } from "@charter/contract/google/rpc/status_pb.js";
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceError,
} from "@grpc/grpc-js";
import { DEFAULT_TIMEOUT_MS, type ForeignAnswer, type ForeignCall, type ForeignPeer } from "./foreign.js";

const MAX_MESSAGE_BYTES = 8 << 20;
const same = (bytes: Buffer) => bytes;

/** grpc-js, in this process. */
export const grpcJs: ForeignPeer = {
  name: "grpc-js",
  available: true,
  reason: "",
  async startClient(target, keys) {
    const secure = keys ? credentials.createSsl(readFileSync(keys.ca)) : credentials.createInsecure();
    const client = new Client(target, secure, { "grpc.max_receive_message_length": MAX_MESSAGE_BYTES });
    return { call: (call) => make(client, call), stop: async () => client.close() };
  },
  async startServer(keys) {
    const server = new Server({ "grpc.max_receive_message_length": MAX_MESSAGE_BYTES });
    for (const { name } of ShelfService.methods)
      server.register(`/${ShelfService.typeName}/${name}`, play, same, same, "bidi");
    const secure = keys
      ? ServerCredentials.createSsl(null, [
          { cert_chain: readFileSync(keys.cert), private_key: readFileSync(keys.key) },
        ])
      : ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", secure, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    return {
      url: `${keys ? "https" : "http"}://127.0.0.1:${port}`,
      stop: async () => server.forceShutdown(),
    };
  },
};

function make(
  client: Client,
  { path, requests, header = {}, timeoutMs = DEFAULT_TIMEOUT_MS }: ForeignCall,
): Promise<ForeignAnswer> {
  const options = { deadline: Date.now() + timeoutMs };
  const stream = client.makeBidiStreamRequest<Buffer, Buffer>(path, same, same, metadataOf(header), options);
  for (const request of requests) stream.write(Buffer.from(request));
  stream.end();
  const responses: Buffer[] = [];
  let headers = new Metadata();
  stream.on("metadata", (it: Metadata) => {
    headers = it;
  });
  stream.on("data", (response: Buffer) => responses.push(response));
  // What went wrong is in the status.
  stream.on("error", () => {});
  return new Promise((resolve) => {
    stream.on("status", ({ code, details, metadata }) => {
      const [status] = metadata.get("grpc-status-details-bin");
      resolve({
        code,
        message: details,
        status: status instanceof Buffer ? status : Buffer.alloc(0),
        header: readable(headers),
        trailer: readable(metadata),
        responses,
      });
    });
  });
}

function metadataOf(fields: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(fields))
    metadata.set(key, key.endsWith("-bin") ? Buffer.from(value, "base64") : value);
  return metadata;
}

function readable(metadata: Metadata): Record<string, string> {
  const fields = Object.entries(metadata.getMap());
  return Object.fromEntries(
    fields.map(([key, value]) => [key, value instanceof Buffer ? value.toString("base64") : String(value)]),
  );
}

function play(call: ServerDuplexStream<Buffer, Buffer>): void {
  const text = (key: string) => call.metadata.get(key)[0];
  const [echo = "", bytes = Buffer.alloc(0)] = [text("x-echo"), text("x-echo-bin")];
  const header = new Metadata();
  header.set("x-echo", echo);
  header.set("x-echo-bin", bytes);
  const deadline = call.getDeadline();
  header.set("x-deadline-ms", String(Number(deadline) - Date.now()));
  call.sendMetadata(header);
  const trailer = new Metadata();
  trailer.set("x-trailer", echo);
  trailer.set("x-trailer-bin", bytes);
  let last: Buffer = Buffer.alloc(0);
  call.on("data", (message: Buffer) => {
    last = message;
    const times = text("x-only-last") ? 0 : Number(text("x-repeat") ?? 1);
    for (let time = 0; time < times; time += 1) call.write(message);
  });
  call.on("end", () => {
    const timer = setTimeout(() => finish(call, last, trailer), Number(text("x-wait-ms") ?? 0));
    call.on("cancelled", () => clearTimeout(timer));
  });
}

function finish(call: ServerDuplexStream<Buffer, Buffer>, last: Buffer, trailer: Metadata): void {
  const [failure] = call.metadata.get("x-status-bin");
  if (failure instanceof Buffer) {
    const { code, message } = fromBinary(StatusSchema, failure);
    trailer.set("grpc-status-details-bin", failure);
    call.emit("error", { code, details: message, metadata: trailer } satisfies Partial<ServiceError>);
    return;
  }
  if (call.metadata.get("x-only-last").length > 0) call.write(last);
  call.end(trailer);
}
