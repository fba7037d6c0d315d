import { parseEnvironment } from "@charter/server";
import { z } from "zod";

/** What the environment decides about this service. */
export interface BuyConfig {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes any free one. */
  readonly port: number;
  /** The service's database; undefined: it runs its own embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** Where the services of this installation keep their keys. */
  readonly identityDirectory: string;
  /** Where the other services are. */
  readonly peers: Peers;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
}

/** The URLs of the services that this one calls. */
export interface Peers {
  readonly user: string;
  readonly discount: string;
  readonly delivery: string;
}

const peerUrl = (port: number) => z.url({ protocol: /^https?$/ }).default(`http://127.0.0.1:${port}`);

const environment = (root: string) =>
  z.object({
    CHARTER_HOST: z.string().default("127.0.0.1"),
    CHARTER_PORT_BUY: z.coerce.number().int().min(0).max(65_535).default(8083),
    DATABASE_URL_BUY: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    CHARTER_IDENTITY_DIR: z.string().default(`${root}.charter/identity`),
    CHARTER_URL_USER: peerUrl(8081),
    CHARTER_URL_DISCOUNT: peerUrl(8082),
    CHARTER_URL_DELIVERY: peerUrl(8084),
    CHARTER_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  });

/** Reads the configuration. `root` is the folder that relative defaults start from. Throws EnvironmentError naming every variable at fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, root: string): BuyConfig {
  const values = parseEnvironment(environment(root), env);
  return {
    host: values.CHARTER_HOST,
    port: values.CHARTER_PORT_BUY,
    databaseUrl: values.DATABASE_URL_BUY,
    identityDirectory: values.CHARTER_IDENTITY_DIR,
    peers: {
      user: values.CHARTER_URL_USER,
      discount: values.CHARTER_URL_DISCOUNT,
      delivery: values.CHARTER_URL_DELIVERY,
    },
    logLevel: values.CHARTER_LOG_LEVEL,
  };
}
