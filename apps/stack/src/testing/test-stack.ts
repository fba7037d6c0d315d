import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase, lastingPort } from "@charter/testing";
import { checkInvariants } from "../invariants/check.js";
import { settled } from "../invariants/settled.js";
import { type Folders, openFolders } from "../launch/folders.js";
import { type PerService, perService, perServiceAsync } from "../launch/services.js";
import { type Stack, startStack } from "../launch/stack.js";
import { seedShop } from "../seed/seed.js";
import { connectShop, login, type ShopClients } from "../shop-clients.js";
import { patiently } from "./patiently.js";

/** Parcels of a test arrive at once. */
const CARRIER_SPEED = 1_000_000;

/** The four services as four processes, on databases and ports of their own, with something to sell. */
export interface TestStack {
  readonly stack: Stack;
  readonly urls: PerService<string>;
  /** Where the services log and keep their keys. */
  readonly folders: Folders;
  /** What services did without being told to. */
  readonly incidents: readonly string[];
  /** Acts as the operator. */
  readonly operator: ShopClients;
  /** Clients that `stop` closes; anonymous at first. */
  connect(): ShopClients;
  /** Waits for rest and answers what breaks an invariant; empty when all hold. */
  violations(): Promise<unknown[]>;
  stop(): Promise<void>;
}

/** Starts the shop for a test. The services run what was built last, with the environment of the test. */
export async function startTestStack({ logLevel = "info" } = {}): Promise<TestStack> {
  const folder = mkdtempSync(join(tmpdir(), "charter-stack-"));
  const databases = await perServiceAsync(() => createTestDatabase());
  const folders = openFolders(folder);
  const incidents: string[] = [];
  const stack = await startStack({
    settings: {
      host: "127.0.0.1",
      ports: await perServiceAsync(lastingPort),
      databaseUrls: perService((name) => databases[name].url),
      carrierSpeed: CARRIER_SPEED,
      logLevel,
    },
    folders,
    onProgress: () => {},
    onIncident: (what) => incidents.push(what),
  });
  const urls = perService((name) => stack.file.services[name].url);
  const clients: ShopClients[] = [];
  const connect = () => {
    const shop = connectShop(urls);
    clients.push(shop);
    return shop;
  };
  const operator = connect();
  await patiently(() => login(operator, stack.file.operator.email, stack.file.operator.password));
  await patiently(() => seedShop(operator));
  return {
    stack,
    urls,
    folders,
    incidents,
    operator,
    connect,
    async violations() {
      await settled(stack.file.databases);
      const findings = await checkInvariants(stack.file.databases);
      return findings.filter((finding) => finding.violations.length > 0);
    },
    async stop() {
      for (const shop of clients) shop.close();
      await stack.stop();
      await Promise.all(Object.values(databases).map((database) => database.drop()));
      rmSync(folder, { recursive: true });
    },
  };
}
