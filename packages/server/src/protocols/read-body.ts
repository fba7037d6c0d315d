import { malformed, tooLarge } from "./request-errors.js";

/**
 * The whole body as one message. A declared length over the cap is refused before anything is read.
 *
 * @throws ContractError when the body passes `maxBytes` or ends before its declared length
 */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  declaredLength: string | null,
  maxBytes: number,
): Promise<Uint8Array> {
  if (declaredLength !== null && Number(declaredLength) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  if (declaredLength !== null && Number(declaredLength) !== size) throw malformed("the body is cut short");
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
}
