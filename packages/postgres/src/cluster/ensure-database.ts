import pg from "pg";

export interface RoleOptions {
  /** The database's owner, made or updated; it may connect to this database only. */
  readonly role: string;
  readonly password: string;
}

/** ASCII "charterD": taken in the administrative database, so callers of every process take turns. */
const lockKey = "7163082351539745348";
const connectTimeoutMs = 10_000;
const identifier = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Makes a database and the role that owns it where they are missing, sets the role's password, and lets no other ordinary role connect to it.
 * Repeating it changes nothing. Returns the database's URL for that role. Names are lower-case identifiers of at most 63 bytes.
 */
export async function ensureDatabase(
  adminUrl: string,
  name: string,
  { role, password }: RoleOptions,
): Promise<string> {
  for (const given of [name, role]) {
    if (!identifier.test(given))
      throw new RangeError(`"${given}" is not a lower-case identifier of at most 63 bytes`);
  }
  const admin = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: connectTimeoutMs });
  admin.on("error", () => {
    // The query that is running, or the next one, rejects with the same error.
  });
  await admin.connect();
  try {
    await admin.query("SELECT pg_advisory_lock($1)", [lockKey]);
    await ensureRole(admin, role, password);
    const { rowCount } = await admin.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (!rowCount) await admin.query(`CREATE DATABASE "${name}" OWNER "${role}" TEMPLATE template0`);
    await admin.query(`REVOKE CONNECT, TEMPORARY ON DATABASE "${name}", postgres, template1 FROM PUBLIC`);
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  url.pathname = `/${name}`;
  return url.href;
}

async function ensureRole(admin: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await admin.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]);
  const verb = rowCount ? "ALTER" : "CREATE";
  const rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION";
  await admin.query(`${verb} ROLE "${role}" ${rights} PASSWORD ${admin.escapeLiteral(password)}`);
}
