// The suite's service: answers what the request describes, with what the server saw of the request.
import { setTimeout as wait } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "../../packages/server/node_modules/@connectrpc/connect/dist/esm/index.js";

export function conformanceHandlers({ message }) {
  const input = (name) => message(`${name}Request`);
  const pack = (name, request) => anyPack(input(name), request);
  return {
    unary: async (request, call) =>
      answerOnce(request.responseDefinition, [pack("Unary", request)], call, message),
    idempotentUnary: async (request, call) =>
      answerOnce(request.responseDefinition, [pack("IdempotentUnary", request)], call, message),
    async clientStream(requests, call) {
      const seen = [];
      let definition;
      for await (const request of requests) {
        definition ??= request.responseDefinition;
        seen.push(pack("ClientStream", request));
      }
      return answerOnce(definition, seen, call, message);
    },
    async *serverStream(request, call) {
      const definition = request.responseDefinition;
      const info = requestInfo(call, [pack("ServerStream", request)]);
      announce(definition, call);
      let sent = 0;
      for (const data of definition?.responseData ?? []) {
        await wait(definition.responseDelayMs, undefined, { signal: call.signal });
        yield { payload: sent++ === 0 ? { data, requestInfo: info } : { data } };
      }
      if (definition?.error) throw errorOf(definition.error, sent === 0 ? info : undefined, message);
    },
    async *bidiStream(requests, call) {
      let definition;
      let fullDuplex = false;
      let sent = 0;
      let seen = [];
      const next = () => {
        const requestInfo_ = requestInfo(call, seen, sent === 0);
        seen = [];
        return { payload: { data: definition.responseData[sent++], requestInfo: requestInfo_ } };
      };
      for await (const request of requests) {
        if (!definition) {
          definition = request.responseDefinition;
          fullDuplex = request.fullDuplex;
          announce(definition, call);
        }
        seen.push(pack("BidiStream", request));
        if (!fullDuplex) continue;
        // A full-duplex caller waits for an answer to each message, so the error must not wait for another.
        if (sent >= (definition?.responseData.length ?? 0)) break;
        await wait(definition.responseDelayMs, undefined, { signal: call.signal });
        yield next();
      }
      while (definition && sent < definition.responseData.length) {
        await wait(definition.responseDelayMs, undefined, { signal: call.signal });
        const first = sent === 0;
        const answer = next();
        yield first || fullDuplex ? answer : { payload: { data: answer.payload.data } };
      }
      if (definition?.error)
        throw errorOf(definition.error, sent === 0 ? requestInfo(call, seen) : undefined, message);
    },
  };
}

async function answerOnce(definition, requests, call, message) {
  announce(definition, call);
  const info = requestInfo(call, requests);
  await wait(definition?.responseDelayMs ?? 0, undefined, { signal: call.signal });
  const { case: kind, value } = definition?.response ?? {};
  if (kind === "error") throw errorOf(value, info, message);
  return { payload: { data: value ?? new Uint8Array(), requestInfo: info } };
}

function announce(definition, call) {
  for (const { name, value } of definition?.responseHeaders ?? [])
    for (const one of value) call.responseHeader.append(name, one);
  for (const { name, value } of definition?.responseTrailers ?? [])
    for (const one of value) call.responseTrailer.append(name, one);
}

function requestInfo({ requestHeader, deadline }, requests, whole = true) {
  if (!whole) return { requests };
  const requestHeaders = [...requestHeader].map(([name, value]) => ({ name, value: value.split(/, ?/) }));
  const limited = requestHeader.has("connect-timeout-ms") || requestHeader.has("grpc-timeout");
  const timeout = limited ? { timeoutMs: BigInt(Math.max(0, Math.floor(deadline.remainingMs()))) } : {};
  return { requestHeaders, requests, ...timeout };
}

function errorOf({ code, message: text, details }, info, message) {
  const error = new ConnectError(text ?? "", code);
  const given = info
    ? [
        ...details,
        anyPack(
          message("ConformancePayload.RequestInfo"),
          create(message("ConformancePayload.RequestInfo"), info),
        ),
      ]
    : details;
  error.details = given.map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
    value,
  }));
  return error;
}
