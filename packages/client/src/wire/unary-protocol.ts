import type { DescMethod } from "@bufbuild/protobuf";
import type { HeaderBlock, ResponseHead } from "@charter/wire";
import type { Compression } from "@connectrpc/connect/protocol";

/** How a protocol frames a unary call: what most calls need of it. What is out of the ordinary, Connect's own reads. */
export interface UnaryProtocol {
  /** What all requests have but the deadline. */
  fixedHeader(method: DescMethod, acceptCompression: Compression[]): Headers;
  readonly timeoutName: string;
  timeoutValue(timeoutMs: number): string;
  /** Bytes before the message in a request. */
  readonly prefixBytes: number;
  /** Writes them. */
  writePrefix(target: Buffer, messageBytes: number): void;
  /** The message of an answer that is a plain success: one message, not compressed, and no error. Undefined for any other answer. */
  messageOf(head: ResponseHead, body: Buffer, trailers: HeaderBlock | undefined): Uint8Array | undefined;
  /** The headers and the trailers of such an answer. */
  metadataOf(head: ResponseHead, trailers: HeaderBlock | undefined): { header: Headers; trailer: Headers };
}

/** Remembers in a head whether it is that of a plain success; heads of the same bytes are one object. */
export function isPlainHead(
  head: ResponseHead,
  contentTypes: ReadonlySet<string>,
  notPlain: readonly string[],
): boolean {
  if (typeof head.memo !== "boolean")
    head.memo =
      head.status === 200 &&
      contentTypes.has(head.block.get("content-type") ?? "") &&
      notPlain.every((name) => (head.block.get(name) ?? "identity") === "identity");
  return head.memo as boolean;
}
