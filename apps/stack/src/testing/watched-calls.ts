import {
  create,
  type DescMethod,
  type DescMethodStreaming,
  type DescMethodUnary,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { type Channel, createChannel } from "@charter/client";
import { loadServiceIdentity } from "@charter/identity";
import { Code, ConnectError } from "@connectrpc/connect";
import { serviceNames } from "../launch/services.js";
import { secretsOf } from "./redacted-fields.js";
import type { TestStack } from "./test-stack.js";

/** Streams that would go on are left after this. */
const STREAM_MS = 700;
/** Texts that are shorter, or words, stand in any log by chance. */
const TELLING = /^(?=.*[\d@]).{6,}$/s;

/** Somebody who calls: with a token, or as a service. */
export interface Caller {
  readonly channel: Channel;
  readonly headers: Record<string, string>;
}

/** Calls that are watched for what must not be shown. */
export class WatchedCalls {
  /** The texts that stood in redacted fields of requests and answers, in lower case. */
  readonly secrets = new Set<string>();
  /** The redacted fields that held something, by name. */
  readonly covered = new Set<string>();
  /** What callers were told where a call failed. */
  readonly failures: ConnectError[] = [];
  readonly unimplemented = new Set<DescMethod>();
  readonly #test: TestStack;
  readonly #channels: Channel[] = [];

  constructor(test: TestStack) {
    this.#test = test;
  }

  /** Somebody without a token, or a service of the shop. */
  async caller(service?: string): Promise<Caller> {
    const { urls, folders } = this.#test;
    const targets = Object.fromEntries(
      serviceNames.map((name) => [`shop.${name}.v1`, { url: urls[name], audience: name }]),
    );
    const credentials = service && (await loadServiceIdentity({ directory: folders.identity, service }));
    const channel = createChannel({ targets, ...(credentials && { credentials }) });
    this.#channels.push(channel);
    return { channel, headers: {} };
  }

  /** Calls any method; its answers, as many as came. */
  async send(caller: Caller, method: DescMethod, request: Message): Promise<Message[]> {
    this.#note(request, method.input);
    const answers: Message[] = [];
    try {
      for await (const answer of answersOf(caller, method, request)) answers.push(answer);
    } catch (error) {
      const failure = ConnectError.from(error);
      this.failures.push(failure);
      if (failure.code === Code.Unimplemented) this.unimplemented.add(method);
    }
    for (const answer of answers) this.#note(answer, method.output);
    return answers;
  }

  /** The same for a method that is known; its first answer, or undefined where it failed. */
  async call<M extends DescMethodUnary | DescMethodStreaming>(
    caller: Caller,
    method: M,
    init: MessageInitShape<M["input"]>,
  ): Promise<MessageShape<M["output"]> | undefined> {
    const [answer] = await this.send(caller, method as DescMethod, create<M["input"]>(method.input, init));
    return answer as MessageShape<M["output"]> | undefined;
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
  }

  #note(message: Message, desc: DescMethod["input"]): void {
    for (const { field, text } of secretsOf(reflect(desc, message))) {
      this.covered.add(field);
      if (TELLING.test(text)) this.secrets.add(text.toLowerCase());
    }
  }
}

async function* answersOf(
  { channel: { transport }, headers }: Caller,
  method: DescMethod,
  request: Message,
): AsyncIterable<Message> {
  if (isUnary(method)) {
    yield (await transport.unary(method, undefined, undefined, headers, request)).message;
    return;
  }
  async function* requests() {
    yield request as never;
  }
  const signal = AbortSignal.timeout(STREAM_MS);
  yield* (await transport.stream(method as DescMethodStreaming, signal, undefined, headers, requests()))
    .message;
}

const isUnary = (method: DescMethod): method is DescMethod & DescMethodUnary => method.methodKind === "unary";
