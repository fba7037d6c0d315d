// The packages as they are built, and what they depend on: the benchmark is no member of the workspace and installs nothing.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../packages/server/package.json", import.meta.url));

/** Imports what @charter/server can import. */
export const load = (name) => import(pathToFileURL(require.resolve(name)).href);
/** Imports a package of the workspace as it was built. */
export const loadBuilt = (name) =>
  import(new URL(`../../packages/${name}/dist/index.js`, import.meta.url).href);
export const contract = await import(
  new URL("../../gen/charter/dist/charter/testing/v1/desk_service_pb.js", import.meta.url).href
);
