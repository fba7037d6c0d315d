import type { EncodedField, HeaderBlock, Representation } from "@charter/wire";

/** The same on nearly every request to a callee, so that its table is worth the room. All others are sent as they are. */
const REPRESENTATIONS: Readonly<Record<string, Representation>> = {
  "accept-encoding": "index",
  authorization: "never",
  "connect-accept-encoding": "index",
  "connect-protocol-version": "index",
  "content-type": "index",
  cookie: "never",
  "grpc-accept-encoding": "index",
  te: "index",
  "user-agent": "index",
};

/** A header field as it goes out. */
export function fieldOf(name: string, value: string): EncodedField {
  return { name, value, representation: REPRESENTATIONS[name] ?? "literal" };
}

/** The fields of a block as the Headers that Connect knows, without the pseudo-header fields. */
export function headersOf(block: HeaderBlock | undefined): Headers {
  const headers = new Headers();
  const { fields } = block ?? { fields: [] };
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (!name.startsWith(":")) headers.append(name, fields[index + 1] as string);
  }
  return headers;
}
