import type { EncodedField, HpackEncoder } from "../hpack/encoder.js";

interface EncodedExtra {
  readonly field: EncodedField;
  readonly bytes: Buffer;
}

/** What was encoded for a connection, as long as its table stays as it is. */
interface Encoded {
  readonly generation: number;
  readonly shared: Buffer;
  /** The further fields of the last request, in its order. */
  readonly extra: EncodedExtra[];
  /** The whole block of the last request. */
  whole: Buffer;
}

/**
 * The fields that all requests to one method of one target share, encoded once for each connection and again only when that connection's
 * table has changed. Make one for each method and share it between requests and connections. Give `index` to fields that other
 * templates have too; a path is better sent as it is, or many methods would push each other out of the table.
 */
export class RequestTemplate {
  readonly #fields: readonly EncodedField[];
  readonly #encoded = new WeakMap<HpackEncoder, Encoded>();

  /** @param fields Pseudo-header fields first; RFC 9113, section 8.3.1. */
  constructor(fields: readonly EncodedField[]) {
    this.#fields = fields;
  }

  /**
   * The header block of a request, to be sent at once: these fields, and those that only this request has. Of the latter, what is as it was in
   * the request before (a token, a timeout) is not encoded again.
   */
  encode(encoder: HpackEncoder, extra: readonly EncodedField[]): Buffer {
    const known = this.#encoded.get(encoder);
    if (known?.generation === encoder.generation) return withExtra(known, encoder, extra);
    const { generation } = encoder;
    const shared = encoder.encode(this.#fields);
    // Bytes that made the table remember something are right once only, so they are not kept.
    if (encoder.generation !== generation) return Buffer.concat([shared, encoder.encode(extra)]);
    const encoded = { generation, shared, extra: [], whole: shared };
    this.#encoded.set(encoder, encoded);
    return withExtra(encoded, encoder, extra);
  }
}

function withExtra(encoded: Encoded, encoder: HpackEncoder, extra: readonly EncodedField[]): Buffer {
  const known = encoded.extra;
  let same = known.length === extra.length;
  for (let index = 0; index < extra.length; index += 1) {
    const field = extra[index] as EncodedField;
    // A field before this one may have moved what the table has.
    if (isSame(known[index]?.field, field) && encoder.generation === encoded.generation) continue;
    same = false;
    known[index] = { field, bytes: encoder.encode([field]) };
  }
  known.length = extra.length;
  if (!same) encoded.whole = Buffer.concat([encoded.shared, ...known.map(({ bytes }) => bytes)]);
  return encoded.whole;
}

function isSame(known: EncodedField | undefined, field: EncodedField): boolean {
  return (
    known?.value === field.value && known.name === field.name && known.representation === field.representation
  );
}
