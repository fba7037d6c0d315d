import { rmSync } from "node:fs";
import { type Databases, openDatabases } from "./databases.js";
import type { Folders } from "./folders.js";
import { assertPortFree } from "./free-port.js";
import { openSecrets, type Secrets } from "./secrets.js";
import { type PerService, perService, type ServiceName, serviceNames, startWaves } from "./services.js";
import type { Settings } from "./settings.js";
import { readStackFile, removeStackFile, type StackFile, writeStackFile } from "./stack-file.js";
import { type Supervised, supervise } from "./supervisor.js";

/** The running shop. */
export interface Stack {
  /** What `.charter/stack.json` says now. */
  readonly file: StackFile;
  /** Drains the services, callers first, and stops the embedded PostgreSQL. */
  stop(): Promise<void>;
}

export interface StackOptions {
  settings: Settings;
  folders: Folders;
  /** Told what is being done, for people who wait. */
  onProgress: (what: string) => void;
  /** Told what happens later: a service ended by itself, and what is done about it. */
  onIncident: (what: string) => void;
}

/** Starts PostgreSQL and the four services and waits until all are ready. What was started is stopped again when one fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { settings, folders } = options;
  await assertStartable(settings, folders);
  const secrets = openSecrets(folders.secretsFile);
  options.onProgress("starting PostgreSQL");
  const databases = await openDatabases(settings, secrets, folders.postgres);
  const services = new Map<ServiceName, Supervised>();
  const describe = () => describeStack(services, databases, secrets);
  const stop = async () => {
    removeStackFile(folders.stackFile);
    for (const name of serviceNames.toReversed()) await services.get(name)?.stop();
    await databases.stop();
  };
  const start = async (name: ServiceName) => {
    const onRestarted = () => writeStackFile(folders.stackFile, describe());
    services.set(
      name,
      await startOne(name, options, environmentOf(name, settings, folders, databases, secrets), onRestarted),
    );
  };
  try {
    options.onProgress("starting the services");
    for (const wave of startWaves) await allOrFirstFailure(wave.map(start));
    writeStackFile(folders.stackFile, describe());
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    get file() {
      return describe();
    },
    stop,
  };
}

/** Waits for all, also when one fails, so that what was started is known and can be stopped. */
async function allOrFirstFailure(starts: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(starts);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

async function assertStartable(settings: Settings, folders: Folders): Promise<void> {
  const running = readStackFile(folders.stackFile);
  if (running)
    throw new Error(
      `The shop is running already (process ${running.pid}, see ${folders.stackFile}); stop it first.`,
    );
  for (const name of serviceNames) await assertPortFree(name, settings.host, settings.ports[name]);
}

function startOne(
  name: ServiceName,
  options: StackOptions,
  environment: NodeJS.ProcessEnv,
  onRestarted: () => void,
): Promise<Supervised> {
  const logFile = `${options.folders.logs}/${name}.log`;
  rmSync(logFile, { force: true });
  return supervise({
    name,
    url: urlOf(options.settings, name),
    logFile,
    environment,
    onLost: (reason, restarting) =>
      options.onIncident(
        `${name} ended by itself${restarting ? "; starting it again" : " too often; it stays down"}: ${reason}`,
      ),
    onRestarted: () => {
      onRestarted();
      options.onIncident(`${name} runs again`);
    },
  });
}

function environmentOf(
  name: ServiceName,
  settings: Settings,
  folders: Folders,
  databases: Databases,
  secrets: Secrets,
): NodeJS.ProcessEnv {
  const upper = name.toUpperCase();
  const peers = Object.fromEntries(
    serviceNames.map((peer) => [`CHARTER_URL_${peer.toUpperCase()}`, urlOf(settings, peer)]),
  );
  const operator = { OPERATOR_EMAIL: secrets.operatorEmail, OPERATOR_PASSWORD: secrets.operatorPassword };
  return {
    ...peers,
    CHARTER_HOST: settings.host,
    CHARTER_IDENTITY_DIR: folders.identity,
    CHARTER_LOG_LEVEL: settings.logLevel,
    [`CHARTER_PORT_${upper}`]: String(settings.ports[name]),
    [`DATABASE_URL_${upper}`]: databases.urls[name],
    ...(name === "user" ? operator : {}),
    ...(name === "delivery" ? { CARRIER_SPEED: String(settings.carrierSpeed) } : {}),
  };
}

const urlOf = (settings: Settings, name: ServiceName) => `http://${settings.host}:${settings.ports[name]}`;

function describeStack(
  services: ReadonlyMap<ServiceName, Supervised>,
  databases: Databases,
  secrets: Secrets,
): StackFile {
  const urlAndPid = (name: ServiceName) => {
    const process = services.get(name)?.process;
    return { url: process?.url ?? "", pid: process?.pid ?? 0 };
  };
  const described: PerService<{ url: string; pid: number }> = perService(urlAndPid);
  return {
    pid: process.pid,
    services: described,
    databases: databases.urls,
    operator: { email: secrets.operatorEmail, password: secrets.operatorPassword },
  };
}
