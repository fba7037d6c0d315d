import type { AddressInfo } from "node:net";
import type { Document } from "./http/documents.js";
import { NotReady } from "./http/documents.js";
import type { OnePort } from "./http/one-port.js";
import type { Endpoint } from "./server-call.js";

/** What one port serves. */
export interface Offer {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly documents: Readonly<Record<string, Document>>;
}

/** What a server serves on its port and, where it has one, on its admin port. */
export interface Offers {
  readonly service: Offer;
  readonly admin: Offer;
}

/** All that a server has to offer. */
export interface WholeOffer {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly wellKnown: Readonly<Record<string, Document>>;
  readonly livez: Document;
  readonly readyz: Document;
  readonly metrics: Document;
}

const REFLECTION = /^\/grpc\.reflection\./;
const HEALTH = /^\/grpc\.health\./;

/** Splits an offer between two ports, so that the outside sees nothing that only operators need. */
export function splitOffer({ endpoints, wellKnown, livez, readyz, metrics }: WholeOffer): Offers {
  const only = (wanted: (path: string) => boolean) =>
    new Map([...endpoints].filter(([path]) => wanted(path)));
  return {
    service: {
      endpoints: only((path) => !REFLECTION.test(path)),
      documents: { ...wellKnown, "/livez": livez, "/readyz": statusOnly(readyz) },
    },
    admin: {
      endpoints: only((path) => REFLECTION.test(path) || HEALTH.test(path)),
      documents: { "/livez": livez, "/readyz": readyz, "/metrics": metrics },
    },
  };
}

/** The whole offer on one port. */
export function wholeOffer({ endpoints, wellKnown, livez, readyz, metrics }: WholeOffer): Offer {
  return { endpoints, documents: { ...wellKnown, "/livez": livez, "/readyz": readyz, "/metrics": metrics } };
}

/** Listens on a second port once the first one does. @throws PortTakenError with the first port closed again */
export async function listenToo(
  first: OnePort,
  second: OnePort,
  address: { readonly host: string; readonly port: number },
): Promise<AddressInfo> {
  try {
    return await second.listen(address);
  } catch (error) {
    await first.close();
    throw error;
  }
}

function statusOnly(readyz: Document): Document {
  const statusOf = (document: unknown) => ({ status: (document as { status: string }).status });
  return async () => {
    try {
      return statusOf(await readyz());
    } catch (error) {
      throw error instanceof NotReady ? new NotReady(statusOf(error.document)) : error;
    }
  };
}
