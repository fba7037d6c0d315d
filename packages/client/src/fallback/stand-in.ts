import { createHash } from "node:crypto";
import {
  clone,
  create,
  type DescFile,
  type DescMessage,
  type DescMethod,
  type DescMethodUnary,
  fromBinary,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { FallbackPolicy } from "@charter/policy";
import type { UnaryResponse } from "@connectrpc/connect";
import { valueIn } from "../header-list.js";
import type { OutgoingCall } from "../outgoing-call.js";
import type { StaleCache } from "./stale-cache.js";

/** Tells a caller that the answer is a stand-in, and of which kind: stale, empty, message or method. */
export const FALLBACK_HEADER = "charter-fallback";
const AGE_HEADER = "age";

/** Calls another method with the same request, headers and signal. */
export type CallOther = (method: DescMethod, call: OutgoingCall) => Promise<UnaryResponse>;

/** What stands in for the answer of a failed call; undefined where nothing does. */
export interface StandIn {
  remember(call: OutgoingCall, answer: UnaryResponse): void;
  answer(call: OutgoingCall): Promise<UnaryResponse | undefined>;
}

const REMEMBER_NOTHING = () => {};

/** The stand-in that a contract asks for. */
export function standInFor(policy: FallbackPolicy, cache: StaleCache, callOther: CallOther): StandIn {
  if (policy.kind === "stale") return stale(policy.maxAgeMs, cache);
  if (policy.kind === "method") return otherMethod(policy.method, callOther);
  return {
    remember: REMEMBER_NOTHING,
    async answer({ method }) {
      const { output } = method;
      const message =
        policy.kind === "message"
          ? clone(output, policy.message as MessageShape<DescMessage>)
          : create(output);
      return madeUp(method, message, { [FALLBACK_HEADER]: policy.kind });
    },
  };
}

function stale(maxAgeMs: number, cache: StaleCache): StandIn {
  return {
    remember: (call, { message }) => cache.put(keyOf(call), toBinary(call.method.output, message)),
    async answer(call) {
      const kept = cache.get(keyOf(call), maxAgeMs);
      if (!kept) return undefined;
      const age = String(Math.floor(kept.ageMs / 1_000));
      const message = fromBinary(call.method.output, kept.bytes);
      return madeUp(call.method, message, { [FALLBACK_HEADER]: "stale", [AGE_HEADER]: age });
    },
  };
}

/** An answer belongs to who asked, so a caller's own token is part of the key. */
function keyOf({ method, header, request }: OutgoingCall): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([method.parent.typeName, method.name, valueIn(header, "authorization")]));
  return hash.update(request.bytes()).digest("base64");
}

function otherMethod(procedure: string, callOther: CallOther): StandIn {
  return {
    remember: REMEMBER_NOTHING,
    async answer(call) {
      const other = findMethod(call.method.parent.file, procedure);
      if (other?.methodKind !== "unary") return undefined;
      const answer = await callOther(other, call);
      const header = new Headers(answer.header);
      header.set(FALLBACK_HEADER, "method");
      return { ...answer, header };
    },
  };
}

function findMethod(file: DescFile, procedure: string): DescMethod | undefined {
  const methods = file.services.flatMap((service) => service.methods);
  const found = methods.find(({ parent, name }) => `/${parent.typeName}/${name}` === procedure);
  return found ?? file.dependencies.map((it) => findMethod(it, procedure)).find((it) => it !== undefined);
}

function madeUp(
  method: DescMethod,
  message: MessageShape<DescMessage>,
  header: Record<string, string>,
): UnaryResponse {
  return {
    stream: false,
    service: method.parent,
    method: method as DescMethodUnary,
    header: new Headers(header),
    trailer: new Headers(),
    message,
  };
}
