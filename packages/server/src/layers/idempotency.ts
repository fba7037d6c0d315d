import { clone, type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { type FieldPath, resolveFieldPath } from "@charter/policy";
import { callerName } from "../caller-name.js";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import { covers } from "../idempotency/covers.js";
import type { IdempotencyKey, IdempotencyOptions } from "../idempotency/idempotency-store.js";
import type { Layer, ServerCall } from "../server-call.js";
import { withSteps } from "./with-steps.js";

type Iteration = (call: ServerCall, next: () => AsyncIterable<Message>) => AsyncIterable<Message>;

/** Gives a repeated key the first answer instead of a second effect. A request without a key runs as if nothing were declared. */
export function idempotency(options: IdempotencyOptions | undefined): Layer<Message> {
  const paths = new Map<DescMessage, FieldPath>();
  const iteration: Iteration = async function* (call, next) {
    if (!options || !covers(options, call.policy)) return yield* next();
    const request = await only(call.requests);
    const key = keyOf(call, request, paths);
    if (key.key === "") {
      call.requests = from(request);
      return yield* next();
    }
    const execute = async () => {
      call.requests = from(request);
      return toBinary(call.method.output, await only(next()));
    };
    const { answer } = await options.store.run(key, execute).catch((error: unknown) => {
      throw isKeyReused(error) ? keyReused(options, error) : error;
    });
    yield fromBinary(call.method.output, answer);
  };
  return withSteps(iteration, ({ policy }) => (covers(options, policy) ? undefined : {}));
}

function keyOf(call: ServerCall, request: Message, paths: Map<DescMessage, FieldPath>): IdempotencyKey {
  const { method, policy } = call;
  const path = paths.get(method.input) ?? pathOf(call);
  paths.set(method.input, path);
  return {
    scope: `${policy.procedure} ${callerName(call)}`,
    key: path.read(request),
    fingerprint: toBinary(method.input, compared(call, request)),
    retentionMs: policy.idempotency?.retentionMs ?? 0,
  };
}

/** The request without the fields that a repeat may have otherwise. */
function compared({ method, policy }: ServerCall, request: Message): Message {
  const ignored = policy.idempotency?.ignoredFields ?? [];
  if (ignored.length === 0) return request;
  const rest = reflect(method.input, clone(method.input, request));
  for (const field of method.input.fields) if (ignored.includes(field.name)) rest.clear(field);
  return rest.message;
}

function pathOf({ policy, method }: ServerCall): FieldPath {
  const path = policy.idempotency && resolveFieldPath(method.input, policy.idempotency.keyField);
  if (!path) throw new TypeError(`${policy.procedure} has no key field`);
  return path;
}

/** The decode layer has seen to it that there is exactly one request, and the handler that there is one answer. */
async function only(messages: AsyncIterable<Message>): Promise<Message> {
  for await (const message of messages) return message;
  throw new RangeError("a unary call carried no message");
}

async function* from(message: Message): AsyncIterable<Message> {
  yield message;
}

function isKeyReused(error: unknown): boolean {
  return error instanceof Error && error.name === "KeyReusedError";
}

function keyReused({ keyReused: own }: IdempotencyOptions, cause: unknown) {
  return own?.() ?? chassisError(ChassisError.IDEMPOTENCY_KEY_REUSED, { cause });
}
