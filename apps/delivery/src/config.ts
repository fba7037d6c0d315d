import { fileURLToPath } from "node:url";
import { parseEnvironment } from "@charter/server";
import { z } from "zod";

const repositoryRoot = new URL("../../../", import.meta.url);
const pathInRepository = (path: string) => fileURLToPath(new URL(path, repositoryRoot));

const environment = z.object({
  CHARTER_HOST: z.string().default("127.0.0.1"),
  CHARTER_PORT_DELIVERY: z.coerce.number().int().min(0).max(65_535).default(8084),
  DATABASE_URL_DELIVERY: z.string().optional(),
  CHARTER_URL_USER: z.url().default("http://127.0.0.1:8081"),
  CHARTER_IDENTITY_DIR: z.string().default(pathInRepository(".charter/identity")),
  CHARTER_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  CARRIER_SPEED: z.coerce.number().positive().default(1),
  SLOT_CAPACITY: z.coerce.number().int().min(1).max(10_000).default(40),
});

/** What delivery reads from its environment. */
export interface DeliveryConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Absent: the service runs a PostgreSQL of its own in `ownPostgresDirectory`. */
  readonly databaseUrl: string | undefined;
  readonly ownPostgresDirectory: string;
  /** Where the user service is, for the keys of its tokens. */
  readonly userUrl: string;
  readonly identityDirectory: string;
  readonly logLevel: z.infer<typeof environment>["CHARTER_LOG_LEVEL"];
  /** How many times faster than real parcels move. */
  readonly carrierSpeed: number;
  /** Deliveries per slot. */
  readonly slotCapacity: number;
}

/** Reads the configuration; throws EnvironmentError naming every variable that is wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): DeliveryConfig {
  const values = parseEnvironment(environment, env);
  return {
    host: values.CHARTER_HOST,
    port: values.CHARTER_PORT_DELIVERY,
    databaseUrl: values.DATABASE_URL_DELIVERY,
    ownPostgresDirectory: pathInRepository(".charter/delivery-postgres"),
    userUrl: values.CHARTER_URL_USER,
    identityDirectory: values.CHARTER_IDENTITY_DIR,
    logLevel: values.CHARTER_LOG_LEVEL,
    carrierSpeed: values.CARRIER_SPEED,
    slotCapacity: values.SLOT_CAPACITY,
  };
}
