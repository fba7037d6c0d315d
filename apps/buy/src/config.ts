import { parseEnvironment, urlList, type Wire } from "@charter/server";
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
  /** What speaks HTTP/2: the wire of the chassis, or node:http2. */
  readonly wire: Wire;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
}

/** Where the services are that this one calls. */
export interface Peers {
  /** URLs, for it is only asked for its keys; its processes stand in for each other. */
  readonly user: readonly string[];
  /** A target of a channel: a URL, "static:host:port,host:port" or "dns:///name:port". */
  readonly discount: string;
  /** As for discount. */
  readonly delivery: string;
}

const urlAt = (port: number) => `http://127.0.0.1:${port}`;
const target = z
  .string()
  .regex(/^(https?:\/\/|static:|dns:)./, "is no http://host:port, static:host:port,… or dns:///name:port");

const environment = (root: string) =>
  z.object({
    CHARTER_HOST: z.string().default("127.0.0.1"),
    CHARTER_PORT_BUY: z.coerce.number().int().min(0).max(65_535).default(8083),
    DATABASE_URL_BUY: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    CHARTER_IDENTITY_DIR: z.string().default(`${root}.charter/identity`),
    CHARTER_URL_USER: urlList.default([urlAt(8081)]),
    CHARTER_URL_DISCOUNT: target.default(urlAt(8082)),
    CHARTER_URL_DELIVERY: target.default(urlAt(8084)),
    CHARTER_WIRE: z.enum(["charter", "node"]).default("charter"),
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
    wire: values.CHARTER_WIRE,
    logLevel: values.CHARTER_LOG_LEVEL,
  };
}
