import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { outcomeOf } from "@charter/client";
import { inTransaction } from "@charter/postgres";
import type { Handler } from "@charter/server";
import type { Logger } from "@charter/telemetry";
import { Deadline } from "@charter/time";
import {
  CataloguePartSchema,
  type LoadPageResponseSchema,
  PagePart,
  type StorefrontService,
} from "@shop/contract/shop/buy/v1/storefront_service_pb.js";
import { asReady } from "../storefront/as-ready.js";
import { deliveryPromisePart } from "../storefront/delivery-promise-part.js";
import { offersPart } from "../storefront/offers-part.js";
import { PART_TIMEOUT_MS, type StorefrontDeps } from "../storefront/storefront-deps.js";
import { cataloguePage, type ReadCataloguePage } from "./catalogue-page.js";

type Part = MessageInitShape<typeof LoadPageResponseSchema>;

export const loadPage = (deps: StorefrontDeps): Handler<typeof StorefrontService.method.loadPage> =>
  async function* (request, { log }) {
    const readPage = cataloguePage(request);
    yield* asReady([
      orFailed(PagePart.CATALOGUE, cataloguePart(deps, readPage), log),
      orFailed(
        PagePart.OFFERS,
        offersPart(deps).then((value) => ({ part: { case: "offers", value } })),
        log,
      ),
      orFailed(
        PagePart.DELIVERY_PROMISE,
        deliveryPromisePart(deps, request).then((value) => ({ part: { case: "deliveryPromise", value } })),
        log,
      ),
    ]);
  };

async function cataloguePart({ db, clock }: StorefrontDeps, readPage: ReadCataloguePage): Promise<Part> {
  const deadline = Deadline.after(clock, PART_TIMEOUT_MS);
  const { products = [], page } = await inTransaction(db, readPage, { deadline });
  const value = create(CataloguePartSchema, { products, ...(page ? { page } : {}) });
  return { part: { case: "catalogue", value } };
}

/** A part that fails says so in its place and does not disturb the others. */
async function orFailed(part: PagePart, ready: Promise<Part>, log: Logger): Promise<Part> {
  try {
    return await ready;
  } catch (error) {
    const name = PagePart[part];
    log.warn({ err: error, part: name }, "a part of a page is not to be had");
    const value = { part, message: `${name} is not to be had`, retryable: outcomeOf(error) !== "refused" };
    return { part: { case: "failed", value } };
  }
}
