import { parseEnvironment } from "@charter/server";
import { z } from "zod";
import { defaultPorts, type PerService } from "./services.js";

/** What an operator may set for the stack. */
export interface Settings {
  /** The address that everything listens on. */
  host: string;
  ports: PerService<number>;
  /** Servers to use instead of the embedded PostgreSQL; undefined means embedded. */
  databaseUrls: PerService<string | undefined>;
  /** How many times faster than real the embedded carrier's clock runs. */
  carrierSpeed: number;
  logLevel: string;
}

/**
 * A parcel takes two to five days by the embedded carrier's clock, more over a weekend; at this speed one to four seconds.
 */
const DEFAULT_CARRIER_SPEED = 120_000;

const port = z.coerce.number().int().min(1).max(65_535);
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ }).optional();

const schema = z.object({
  CHARTER_HOST: z.string().min(1).default("127.0.0.1"),
  CHARTER_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error"]).default("info"),
  CARRIER_SPEED: z.coerce.number().positive().default(DEFAULT_CARRIER_SPEED),
  CHARTER_PORT_USER: port.default(defaultPorts.user),
  CHARTER_PORT_DISCOUNT: port.default(defaultPorts.discount),
  CHARTER_PORT_BUY: port.default(defaultPorts.buy),
  CHARTER_PORT_DELIVERY: port.default(defaultPorts.delivery),
  DATABASE_URL_USER: databaseUrl,
  DATABASE_URL_DISCOUNT: databaseUrl,
  DATABASE_URL_BUY: databaseUrl,
  DATABASE_URL_DELIVERY: databaseUrl,
});

/** Reads the settings from the environment. Throws EnvironmentError, which names every variable that is wrong. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const values = parseEnvironment(schema, environment);
  return {
    host: values.CHARTER_HOST,
    ports: {
      user: values.CHARTER_PORT_USER,
      discount: values.CHARTER_PORT_DISCOUNT,
      buy: values.CHARTER_PORT_BUY,
      delivery: values.CHARTER_PORT_DELIVERY,
    },
    databaseUrls: {
      user: values.DATABASE_URL_USER,
      discount: values.DATABASE_URL_DISCOUNT,
      buy: values.DATABASE_URL_BUY,
      delivery: values.DATABASE_URL_DELIVERY,
    },
    carrierSpeed: values.CARRIER_SPEED,
    logLevel: values.CHARTER_LOG_LEVEL,
  };
}
