import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createTestDatabase, lastingPort } from "@charter/testing";
import { checkInvariants } from "../invariants/check.js";
import { settled } from "../invariants/settled.js";
import { type ServiceProcess, startService } from "../launch/service-process.js";
import {
  type PerService,
  perService,
  perServiceAsync,
  type ServiceName,
  startWaves,
} from "../launch/services.js";
import { seedShop } from "../seed/seed.js";
import { connectShop, login, type ShopClients } from "../shop-clients.js";

/** Parcels of a test arrive at once. */
const CARRIER_SPEED = "1000000";
const HOST = "127.0.0.1";
const POLL_MS = 25;
const operatorLogin = { email: "operator@charter.example", password: "the operator of the fleet" };

/** Some processes of every service, those of a service on one database, with something to sell. */
export interface ShopFleet {
  /** Acts as the operator. */
  readonly operator: ShopClients;
  /** Clients that know every process of every service; `stop` closes them. Anonymous at first. */
  connect(): ShopClients;
  /**
   * Ends a process by SIGTERM, waits until it is gone, starts it anew where it was, and waits until everybody who calls it is connected to it
   * again: then the next may go.
   */
  restart(name: ServiceName, index: number): Promise<void>;
  /** Ends all processes of a service by SIGKILL; nobody starts them again. */
  kill(name: ServiceName): Promise<void>;
  /** Waits for rest and answers what breaks an invariant; empty when all hold. */
  violations(): Promise<unknown[]>;
  stop(): Promise<void>;
}

/** Starts it. The services run what was built last. */
export async function startShopFleet(processes: number): Promise<ShopFleet> {
  const folder = mkdtempSync(join(tmpdir(), "charter-fleet-"));
  const databases = await perServiceAsync(() => createTestDatabase());
  const databaseUrls = perService((name) => databases[name].url);
  const indexes = Array.from({ length: processes }, (_, index) => index);
  const ports = await perServiceAsync(() => Promise.all(indexes.map(() => lastingPort())));
  const running = new Map<string, ServiceProcess>();
  const lost: string[] = [];
  const start = async (name: ServiceName, index: number) => {
    const port = ports[name][index];
    const started = await startService({
      name,
      url: `http://${HOST}:${port}`,
      environment: environmentOf(name, { port, ports, folder, databaseUrl: databaseUrls[name] }),
      logFile: join(folder, `${name}-${index}.log`),
      onUnexpectedExit: (reason) => void lost.push(`${name} ${index}: ${reason}`),
    });
    running.set(`${name} ${index}`, started);
  };
  // They take turns, for the first makes what all of a service share: tables, keys, identity.
  for (const index of indexes)
    for (const wave of startWaves) await Promise.all(wave.map((name) => start(name, index)));
  const clients: ShopClients[] = [];
  const connect = () => {
    const shop = connectShop(perService((name) => targetOf(ports[name])));
    clients.push(shop);
    return shop;
  };
  const operator = connect();
  await login(operator, operatorLogin.email, operatorLogin.password);
  await seedShop(operator);
  return {
    operator,
    connect,
    async restart(name, index) {
      await running.get(`${name} ${index}`)?.stop();
      await start(name, index);
      while (!(isConnected(clients) && (await areConnected(ports.buy)))) await pause(POLL_MS);
    },
    async kill(name) {
      const killed = indexes.flatMap((index) => running.get(`${name} ${index}`) ?? []);
      for (const { pid } of killed) process.kill(pid, "SIGKILL");
      await Promise.all(killed.map((it) => it.stop()));
    },
    async violations() {
      await settled(databaseUrls);
      const findings = await checkInvariants(databaseUrls);
      return [...lost, ...findings.filter((finding) => finding.violations.length > 0)];
    },
    async stop() {
      for (const shop of clients) shop.close();
      for (const wave of startWaves.toReversed())
        await Promise.all(
          wave.flatMap((name) => indexes.map((index) => running.get(`${name} ${index}`)?.stop())),
        );
      await Promise.all(Object.values(databases).map((database) => database.drop()));
      rmSync(folder, { recursive: true });
    },
  };
}

type Ports = readonly number[];

interface Place {
  readonly port: number | undefined;
  readonly ports: PerService<Ports>;
  readonly folder: string;
  readonly databaseUrl: string;
}

function environmentOf(name: ServiceName, { port, ports, folder, databaseUrl }: Place): NodeJS.ProcessEnv {
  const upper = name.toUpperCase();
  return {
    CHARTER_HOST: HOST,
    CHARTER_IDENTITY_DIR: join(folder, "identity"),
    CHARTER_URL_USER: ports.user.map((it) => `http://${HOST}:${it}`).join(),
    CHARTER_URL_DISCOUNT: targetOf(ports.discount),
    CHARTER_URL_DELIVERY: targetOf(ports.delivery),
    [`CHARTER_PORT_${upper}`]: String(port),
    [`DATABASE_URL_${upper}`]: databaseUrl,
    ...(name === "user" && {
      OPERATOR_EMAIL: operatorLogin.email,
      OPERATOR_PASSWORD: operatorLogin.password,
    }),
    ...(name === "delivery" && { CARRIER_SPEED }),
  };
}

const targetOf = (ports: Ports) => `static:${ports.map((port) => `${HOST}:${port}`).join()}`;

/** Whether every process that the clients have called has a connection to each of them. */
function isConnected(clients: readonly ShopClients[]): boolean {
  const called = clients
    .flatMap(({ channel }) => channel.snapshot().callees)
    .filter(({ counters }) => counters.attempts > 0);
  return called.flatMap(({ endpoints }) => endpoints).every(({ connection }) => connection === "ready");
}

/** Whether these processes are connected to everybody whom they call, by their own metrics. */
async function areConnected(ports: Ports): Promise<boolean> {
  const pages = ports.map(async (port) => (await fetch(`http://${HOST}:${port}/metrics`)).text());
  return (await Promise.all(pages)).every((page) => !/^rpc_client_endpoint_ready.* 0$/m.test(page));
}
