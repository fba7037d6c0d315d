import type { Logger } from "@charter/telemetry";
import { type Exchange, type HttpAnswer, jsonAnswer } from "./exchange.js";

/** Answers plain documents; undefined for a path that names none. Never rejects. */
export type Documents = (exchange: Exchange) => Promise<HttpAnswer | undefined>;

/** What makes a document; rejects with NotReady for 503. */
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

/** JSON documents over plain GET and HEAD, by path. */
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
    return jsonAnswer(200, await document());
  } catch (error) {
    if (error instanceof NotReady) return jsonAnswer(503, error.document);
    log.error({ err: error, path }, "a document could not be made");
    return jsonAnswer(500, { code: "internal" });
  }
}
