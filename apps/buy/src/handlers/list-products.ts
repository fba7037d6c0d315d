import type { Handler } from "@charter/server";
import type { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import type { CatalogDeps } from "./catalog-deps.js";
import { cataloguePage } from "./catalogue-page.js";

export const listProducts =
  ({ db }: CatalogDeps): Handler<typeof CatalogService.method.listProducts> =>
  async (request) =>
    cataloguePage(request)(db);
