import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { isSoundTarget } from "../http/guard.js";
import { NodeHeaders } from "../http/node-headers.js";

/** The head of a plain unary Connect request: what follows from it alone. */
export interface Http1Head {
  readonly url: string;
  readonly header: NodeHeaders;
  /** Of the answer, too. */
  readonly contentType: string;
  readonly isJson: boolean;
  readonly bodyBytes: number;
  /** As they came: names and values in turn. */
  readonly rawHeaders: readonly string[];
}

const LENGTH = /^\d{1,9}$/;
/** What Headers would take, so that nobody who asks for a full set is surprised. */
const SOUND_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const IS_JSON: ReadonlyMap<string | undefined, boolean> = new Map([
  ["application/proto", false],
  ["application/json", true],
]);

/** The last plain head of each connection: that of its next request is most often the same, and to see that costs less than to read it. */
const last = new WeakMap<Socket, Http1Head>();

/** The head of a request, where it is sound, and that of a plain message of declared length. */
export function http1Head(request: IncomingMessage): Http1Head | undefined {
  if (request.method !== "POST") return undefined;
  const known = last.get(request.socket);
  if (known && isSame(known, request)) return known;
  const head = read(request);
  if (head) last.set(request.socket, head);
  return head;
}

function isSame({ url, rawHeaders }: Http1Head, request: IncomingMessage): boolean {
  const others = request.rawHeaders;
  if (url !== request.url || rawHeaders.length !== others.length) return false;
  for (let index = 0; index < rawHeaders.length; index += 1)
    if (rawHeaders[index] !== others[index]) return false;
  return true;
}

function read({ headers, rawHeaders, url = "" }: IncomingMessage): Http1Head | undefined {
  const contentType = headers["content-type"] ?? "";
  const isJson = IS_JSON.get(contentType);
  const length = headers["content-length"] ?? "";
  if (isJson === undefined || !LENGTH.test(length)) return undefined;
  if ((headers["content-encoding"] ?? "identity") !== "identity") return undefined;
  if (!isSoundTarget(url, headers.host) || !rawHeaders.every((it) => SOUND_VALUE.test(it))) return undefined;
  const header = new NodeHeaders(headers);
  return { url, header, contentType, isJson, bodyBytes: Number(length), rawHeaders };
}
