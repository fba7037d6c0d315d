import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import { contentTypeRegExp as connectType } from "@connectrpc/connect/protocol-connect";
import { contentTypeRegExp as grpcType } from "@connectrpc/connect/protocol-grpc";
import { contentTypeRegExp as grpcWebType } from "@connectrpc/connect/protocol-grpc-web";
import type { Exchange, HttpAnswer } from "../http/exchange.js";
import { connectGet } from "./connect-get.js";
import { connectStream } from "./connect-stream.js";
import { connectUnary } from "./connect-unary.js";
import type { Dialogue } from "./dialogue.js";
import { grpc } from "./grpc.js";
import { grpcWeb } from "./grpc-web.js";

type Opened = { readonly dialogue: Dialogue } | { readonly refusal: HttpAnswer };

/** Finds out from verb and content type which protocol is spoken; refuses in plain HTTP what speaks none of them. */
export function openDialogue(exchange: Exchange, method: DescMethod): Opened {
  if (method.methodKind === "bidi_streaming" && exchange.httpVersion.startsWith("1.")) {
    // A client that expects both directions at once would wait for ever on a connection that stays open.
    return refuse(505, { connection: "close" });
  }
  if (exchange.method === "GET") return openGet(exchange, method);
  if (exchange.method !== "POST") return refuse(405, { allow: "POST" });
  const dialogue = dialogueOf(exchange, method.methodKind === "unary");
  return dialogue ? { dialogue } : refuse(415, { "accept-post": acceptedTypes(method) });
}

function dialogueOf(exchange: Exchange, unary: boolean): Dialogue | undefined {
  const type = exchange.header.get("content-type") ?? "";
  const json = /json/i.test(type);
  if (grpcType.test(type)) return grpc(exchange, json);
  if (grpcWebType.test(type) && !type.includes("-text")) return grpcWeb(exchange, json);
  const streaming = /^application\/connect\+/i.test(type);
  if (!connectType.test(type) || streaming === unary) return undefined;
  return unary ? connectUnary(exchange, json) : connectStream(exchange, json);
}

/** The protocol that a content type names, where the kind of the method is not known; undefined when it names none. */
export function dialogueByType(exchange: Exchange): Dialogue | undefined {
  return dialogueOf(exchange, true) ?? dialogueOf(exchange, false);
}

function openGet(exchange: Exchange, method: DescMethod): Opened {
  if (method.methodKind !== "unary" || method.idempotency !== Level.NO_SIDE_EFFECTS)
    return refuse(405, { allow: "POST" });
  const encoding = exchange.query.get("encoding");
  if (encoding !== "json" && encoding !== "proto") return refuse(415, {});
  return { dialogue: connectGet(exchange, encoding === "json") };
}

function acceptedTypes(method: DescMethod): string {
  const connect = method.methodKind === "unary" ? "application/" : "application/connect+";
  return [`${connect}json`, `${connect}proto`, "application/grpc+proto", "application/grpc-web+proto"].join(
    ", ",
  );
}

function refuse(status: number, header: Record<string, string>): Opened {
  return { refusal: { status, header: new Headers(header) } };
}
