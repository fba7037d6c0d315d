import type { DescMethod, DescService, Message, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Call } from "./call.js";

type In<M extends DescMethod> = MessageShape<M["input"]>;
type Out<M extends DescMethod> = MessageInitShape<M["output"]>;

/** The function behind a method, by the method's kind. */
export type Handler<M extends DescMethod> = {
  unary: (request: In<M>, call: Call) => Promise<Out<M>>;
  server_streaming: (request: In<M>, call: Call) => AsyncIterable<Out<M>>;
  client_streaming: (requests: AsyncIterable<In<M>>, call: Call) => Promise<Out<M>>;
  bidi_streaming: (requests: AsyncIterable<In<M>>, call: Call) => AsyncIterable<Out<M>>;
}[M["methodKind"]];

/** The function behind a unary method whose answer needs no waiting. */
type ImmediateHandler<M extends DescMethod> = M["methodKind"] extends "unary"
  ? (request: In<M>, call: Call) => Out<M>
  : never;

/** The functions behind a service's methods, by their local name, e.g. `placeOrder`. */
export type Handlers<S extends DescService> = { [K in keyof S["method"]]: Handler<S["method"][K]> };

/** The function behind a method that answers by a stream whose messages need no waiting. */
type ImmediateStream<M extends DescMethod> = M["methodKind"] extends "server_streaming"
  ? (request: In<M>, call: Call) => Iterable<Out<M>>
  : never;

type Functions<S extends DescService> = {
  [K in keyof S["method"]]:
    | Handler<S["method"][K]>
    | ImmediateHandler<S["method"][K]>
    | ImmediateStream<S["method"][K]>;
};

type AnyInit = MessageInitShape<DescMethod["output"]>;

/** A handler of any kind, as the stack sees it: messages in, messages out. */
export interface Invoke {
  (requests: AsyncIterable<Message>, call: Call): AsyncIterable<AnyInit>;
  /** The handler itself where its method is unary. */
  readonly unary?: (request: Message, call: Call) => Promise<AnyInit> | AnyInit;
  /** The handler itself where its method answers one request by a stream. */
  readonly stream?: (request: Message, call: Call) => AsyncIterable<AnyInit> | Iterable<AnyInit>;
}

/** A service and the functions behind it. */
export interface Implementation {
  readonly service: DescService;
  readonly handlers: ReadonlyMap<string, Invoke>;
}

/**
 * Puts functions behind a service. Methods left out answer UNIMPLEMENTED; the server names them when it starts.
 *
 * @throws TypeError when a handler has a name that is no method of the service
 */
export function implement<S extends DescService>(
  service: S,
  handlers: Partial<Functions<S>>,
): Implementation {
  const invokes = new Map<string, Invoke>();
  for (const [name, handler] of Object.entries(handlers)) {
    const method = service.methods.find((it) => it.localName === name);
    if (!method) throw new TypeError(`${service.typeName} has no method ${name}`);
    if (typeof handler === "function") invokes.set(name, uniform(method, handler as AnyHandler));
  }
  return { service, handlers: invokes };
}

// Each kind's own signature is checked where `implement` is called; inside, a handler is told apart by its method's kind.
type AnyHandler = (request: Message | AsyncIterable<Message>, call: Call) => unknown;

function uniform(method: DescMethod, handler: AnyHandler): Invoke {
  const oneIn = method.methodKind === "unary" || method.methodKind === "server_streaming";
  const oneOut = method.methodKind === "unary" || method.methodKind === "client_streaming";
  const invoke = async function* (requests: AsyncIterable<Message>, call: Call): AsyncIterable<AnyInit> {
    const input = oneIn ? await only(requests) : requests;
    const output = handler(input, call);
    if (oneOut) yield (await output) as Message;
    else yield* output as AsyncIterable<Message> | Iterable<Message>;
  };
  if (method.methodKind === "unary")
    return Object.assign(invoke, { unary: handler as Required<Invoke>["unary"] });
  if (method.methodKind === "server_streaming")
    return Object.assign(invoke, { stream: handler as Required<Invoke>["stream"] });
  return invoke;
}

/** The decode layer has seen to it that there is exactly one. */
async function only(requests: AsyncIterable<Message>): Promise<Message> {
  for await (const request of requests) return request;
  throw new RangeError("a unary request without a message passed the decode layer");
}
