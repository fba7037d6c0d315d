// Who may import whom, and why. `breachedBy(file, import)` is asked for every import of every source file.

/** Chassis package -> the chassis packages it may import. The order is that of the layers, lowest first. */
const layers = {
  time: [],
  policy: [],
  wire: [],
  telemetry: ["time"],
  identity: ["time"],
  postgres: ["time"],
  saga: ["time", "postgres"],
  server: ["time", "wire", "policy", "identity", "telemetry"],
  client: ["time", "wire", "policy", "identity", "telemetry"],
  cli: ["time", "policy", "client"],
  testing: ["time"],
};

const scopeOf = (specifier) => specifier.split("/")[0];
const packageOf = (specifier) => specifier.split("/").slice(0, 2).join("/");
const isCharter = (specifier) => scopeOf(specifier) === "@charter";
const isShop = (specifier) => scopeOf(specifier) === "@shop";
const isContract = (specifier) => packageOf(specifier).endsWith("/contract");
const inDomain = (path) => /\/src\/domain\//.test(path);

export const rules = [
  {
    why: "The chassis knows nothing of the shop, so that another project can stand on it.",
    breachedBy: (file, { specifier }) => file.workspace.startsWith("packages/") && isShop(specifier),
  },
  {
    why: "A chassis package imports only the layers below it; see tools/checks/import-rules.mjs.",
    breachedBy: (file, { specifier }) => {
      const [folder, name] = file.workspace.split("/");
      if (folder !== "packages" || file.isTest || !isCharter(specifier) || isContract(specifier))
        return false;
      return !(layers[name] ?? []).includes(packageOf(specifier).slice("@charter/".length));
    },
  },
  {
    why: "Another service is reached only through its generated client. (The launcher in apps/stack is no service: it starts and checks them.)",
    breachedBy: (file, { specifier }) =>
      file.workspace.startsWith("apps/") &&
      file.workspace !== "apps/stack" &&
      isShop(specifier) &&
      !isContract(specifier),
  },
  {
    why: "The domain is pure: it imports nothing but its own folder, so its rules can be read and tested alone.",
    breachedBy: (file, { target }) =>
      inDomain(file.path) &&
      !file.isTest &&
      !(target && inDomain(`/${target}`) && target.startsWith(file.workspace)),
  },
  {
    why: "Test helpers stay out of what runs.",
    breachedBy: (file, { specifier, target }) =>
      !file.isTest &&
      file.workspace !== "packages/testing" &&
      (packageOf(specifier) === "@charter/testing" || /\/src\/testing\//.test(target ?? "")),
  },
  {
    why: "A workspace package is imported by its name; what it offers is in its exports map.",
    breachedBy: (_file, { specifier }) =>
      (isCharter(specifier) || isShop(specifier)) &&
      specifier !== packageOf(specifier) &&
      !(isContract(specifier) && specifier.endsWith("_pb.js")),
  },
  {
    why: "A relative import stays inside its package; another one is imported by its name.",
    breachedBy: (file, { target }) => target !== undefined && !target.startsWith(`${file.workspace}/`),
  },
];
