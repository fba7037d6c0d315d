import type { EncodedField, HpackEncoder } from "../hpack/encoder.js";

interface EncodedBlock {
  readonly generation: number;
  readonly bytes: Buffer;
}

/**
 * The fields that all requests to one method of one target share, encoded once for each connection and again only when that connection's
 * table has changed. Make one for each method and share it between requests and connections. Give `index` to fields that other
 * templates have too; a path is better sent as it is, or many methods would push each other out of the table.
 */
export class RequestTemplate {
  readonly #fields: readonly EncodedField[];
  readonly #blocks = new WeakMap<HpackEncoder, EncodedBlock>();

  /** @param fields Pseudo-header fields first; RFC 9113, section 8.3.1. */
  constructor(fields: readonly EncodedField[]) {
    this.#fields = fields;
  }

  /** The header block of a request, to be sent at once: these fields, and those that only this request has. */
  encode(encoder: HpackEncoder, extra: readonly EncodedField[]): Buffer {
    const known = this.#blocks.get(encoder);
    const shared = known?.generation === encoder.generation ? known.bytes : this.#encodeShared(encoder);
    return extra.length === 0 ? shared : Buffer.concat([shared, encoder.encode(extra)]);
  }

  /** Bytes that made the table remember something are right once only, so they are not kept. */
  #encodeShared(encoder: HpackEncoder): Buffer {
    const { generation } = encoder;
    const bytes = encoder.encode(this.#fields);
    if (encoder.generation === generation) this.#blocks.set(encoder, { generation, bytes });
    return bytes;
  }
}
