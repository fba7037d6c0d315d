import {
  create,
  type DescMethodUnary,
  fromBinary,
  type Message,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { type AnswerStore, createAnswerStore, type Database } from "@charter/postgres";
import { type Call, userOf } from "@charter/server";

type Handle<M extends DescMethodUnary> = (
  request: MessageShape<M["input"]>,
  call: Call,
) => Promise<MessageInitShape<M["output"]>>;

/** A handler whose answers are kept by idempotency key, as the server keeps them; without its checks. */
export function kept<M extends DescMethodUnary>(db: Database<unknown>, method: M, handler: Handle<M>) {
  const store: AnswerStore = createAnswerStore(db);
  return async (
    request: MessageShape<M["input"]> & { readonly idempotencyKey: string },
    call: Call,
  ): Promise<MessageShape<M["output"]>> => {
    const key = {
      scope: `${method.name} ${userOf(call).subject}`,
      key: request.idempotencyKey,
      fingerprint: toBinary<M["input"]>(method.input, request),
      retentionMs: 86_400_000,
    };
    const execute = async (): Promise<Uint8Array> => {
      const answer: Message = create(method.output, await handler(request, call));
      return toBinary(method.output, answer);
    };
    const { answer } = await store.run(key, execute);
    return fromBinary<M["output"]>(method.output, answer);
  };
}
