import { parseEnvironment, urlList, type Wire } from "@charter/server";
import { z } from "zod";

/** What the environment decides about this service. */
export interface DeliveryConfig {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes any free one. */
  readonly port: number;
  /** The service's database; undefined: it runs its own embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** Where the services of this installation publish their keys. */
  readonly identityDirectory: string;
  /** Where the user service publishes its keys; its processes stand in for each other. */
  readonly userUrls: readonly string[];
  /** How many times faster than real parcels move. */
  readonly carrierSpeed: number;
  /** Deliveries per slot. */
  readonly slotCapacity: number;
  /** What speaks HTTP/2: the wire of the chassis, or node:http2. */
  readonly wire: Wire;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
}

const environment = (root: string) =>
  z.object({
    CHARTER_HOST: z.string().default("127.0.0.1"),
    CHARTER_PORT_DELIVERY: z.coerce.number().int().min(0).max(65_535).default(8084),
    DATABASE_URL_DELIVERY: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    CHARTER_IDENTITY_DIR: z.string().default(`${root}.charter/identity`),
    CHARTER_URL_USER: urlList.default(["http://127.0.0.1:8081"]),
    CARRIER_SPEED: z.coerce.number().positive().default(1),
    SLOT_CAPACITY: z.coerce.number().int().min(1).max(10_000).default(40),
    CHARTER_WIRE: z.enum(["charter", "node"]).default("charter"),
    CHARTER_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  });

/** Reads the configuration. `root` is the folder that relative defaults start from. Throws EnvironmentError naming every variable at fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, root: string): DeliveryConfig {
  const values = parseEnvironment(environment(root), env);
  return {
    host: values.CHARTER_HOST,
    port: values.CHARTER_PORT_DELIVERY,
    databaseUrl: values.DATABASE_URL_DELIVERY,
    identityDirectory: values.CHARTER_IDENTITY_DIR,
    userUrls: values.CHARTER_URL_USER,
    carrierSpeed: values.CARRIER_SPEED,
    slotCapacity: values.SLOT_CAPACITY,
    wire: values.CHARTER_WIRE,
    logLevel: values.CHARTER_LOG_LEVEL,
  };
}
