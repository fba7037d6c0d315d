import type { Logger } from "@charter/telemetry";
import { type Exchange, type HttpAnswer, jsonAnswer } from "./exchange.js";
import { TextDocument } from "./text-document.js";

/** Answers plain documents; undefined for a path that names none. Never rejects. */
export type Documents = (exchange: Exchange) => Promise<HttpAnswer | undefined>;

/** What makes a document: something for JSON, or a TextDocument. Rejects with NotReady for 503. */
export type Document = () => Promise<unknown>;

/** A document that says "no": its content goes out with status 503. */
export class NotReady extends Error {
  override readonly name = "NotReady";
  readonly document: unknown;

  constructor(document: unknown) {
    super("not ready");
    this.document = document;
  }
}

/** Documents over plain GET and HEAD, by path. */
export function createDocuments(byPath: Readonly<Record<string, Document>>, log: Logger): Documents {
  const documents = new Map(Object.entries(byPath));
  return async ({ method, path }) => {
    const document = documents.get(path);
    if (!document) return undefined;
    if (method !== "GET" && method !== "HEAD")
      return { status: 405, header: new Headers({ allow: "GET, HEAD" }) };
    const answer = await render(document, path, log);
    return method === "HEAD" ? { status: answer.status, header: answer.header } : answer;
  };
}

async function render(document: Document, path: string, log: Logger): Promise<HttpAnswer> {
  try {
    return answerOf(await document());
  } catch (error) {
    if (error instanceof NotReady) return jsonAnswer(503, error.document);
    log.error({ err: error, path }, "a document could not be made");
    return jsonAnswer(500, { code: "internal" });
  }
}

function answerOf(content: unknown): HttpAnswer {
  if (!(content instanceof TextDocument)) return jsonAnswer(200, content);
  const header = new Headers({ "content-type": content.contentType, "cache-control": "no-store" });
  return { status: 200, header, body: new TextEncoder().encode(content.text) };
}
