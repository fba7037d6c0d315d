import { type DescMethod, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type Client, Metadata } from "@grpc/grpc-js";

/** Calls a unary method with grpc-js, a gRPC client that shares no code with ours. */
export function callUnary(
  client: Client,
  method: DescMethod,
  request: Message,
  header: Record<string, string> = {},
): Promise<Message> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(header)) metadata.set(name, value);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest<Message, Message>(
      pathOf(method),
      (message) => Buffer.from(toBinary(method.input, message)),
      (bytes) => fromBinary(method.output, bytes),
      request,
      metadata,
      {},
      (error, response) => (response ? resolve(response) : reject(error)),
    );
  });
}

/** Opens a stream in both directions, says `requests` and reads what is answered until the server ends it. */
export function callStream(
  client: Client,
  method: DescMethod,
  requests: readonly Message[],
): AsyncIterable<Message> {
  const stream = client.makeBidiStreamRequest<Message, Message>(
    pathOf(method),
    (message) => Buffer.from(toBinary(method.input, message)),
    (bytes) => fromBinary(method.output, bytes),
    new Metadata(),
    {},
  );
  for (const request of requests) stream.write(request);
  stream.end();
  return stream;
}

function pathOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}
