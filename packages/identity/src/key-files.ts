import { randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { KeyFileError } from "./errors.js";
import { isPublicJwk, type PublishedKey } from "./key-set.js";
import { ed25519Thumbprint, generateSigningKey, type PrivateJwk, type SigningKey } from "./signing-key.js";

export const PUBLIC_KEY_SUFFIX = ".pub.json";
const PRIVATE_KEY_SUFFIX = ".key.json";
const OWNER_ONLY = 0o600;
const READABLE = 0o644;
const MAX_FILE_BYTES = 16_384;
/** Names travel as audiences and become file names. */
const SERVICE_NAME = /^[a-z][a-z0-9-]{0,62}$/;

/**
 * The signing key of `service` in `directory`. The first process to ask makes it; processes that ask at once agree on one key.
 * The public half is (re)written beside it.
 * @throws KeyFileError when the private file is damaged or others may read it.
 */
export async function loadOrCreateKey(directory: string, service: string): Promise<SigningKey> {
  if (!SERVICE_NAME.test(service)) throw new KeyFileError(`"${service}" is no service name: ${SERVICE_NAME}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, service + PRIVATE_KEY_SUFFIX);
  const key = (await readPrivateKeyFile(path)) ?? (await createPrivateKeyFile(path));
  await publish(join(directory, service + PUBLIC_KEY_SUFFIX), key);
  return key;
}

/** Reads `<service>.pub.json`. The file's name, not its content, says whose key it is. */
export async function readPublicKeyFile(directory: string, file: string): Promise<PublishedKey> {
  const publicJwk = parseJson(await readSmallFile(join(directory, file)));
  if (!isPublicJwk(publicJwk)) throw damaged(join(directory, file));
  return { publicJwk, service: file.slice(0, -PUBLIC_KEY_SUFFIX.length) };
}

async function createPrivateKeyFile(path: string): Promise<SigningKey> {
  const key = await generateSigningKey();
  const temporary = await writeTemporary(path, JSON.stringify(key.privateJwk), OWNER_ONLY);
  try {
    // Unlike a rename, a link never replaces: whoever comes second keeps the first one's key.
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  const winner = await readPrivateKeyFile(path);
  if (!winner) throw new KeyFileError(`${path} vanished while it was made; start again`);
  return winner;
}

async function publish(path: string, { publicJwk }: SigningKey): Promise<void> {
  const content = JSON.stringify(publicJwk);
  if ((await readIfPresent(path)) === content) return;
  await rename(await writeTemporary(path, content, READABLE), path);
}

async function readPrivateKeyFile(path: string): Promise<SigningKey | undefined> {
  const text = await readIfPresent(path);
  if (text === undefined) return undefined;
  await refuseWhenShared(path);
  const jwk = parseJson(text);
  if (!isPrivateJwk(jwk) || (await ed25519Thumbprint(jwk.x)) !== jwk.kid) throw damaged(path);
  const { d, ...publicJwk } = jwk;
  return { kid: jwk.kid, privateJwk: jwk, publicJwk };
}

async function refuseWhenShared(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) throw new KeyFileError(`${path} is open to other users; run: chmod 600 ${path}`);
}

function isPrivateJwk(value: unknown): value is PrivateJwk {
  if (typeof value !== "object" || value === null) return false;
  const { d, ...publicPart } = value as Record<string, unknown>;
  return typeof d === "string" && isPublicJwk(publicPart);
}

async function writeTemporary(path: string, content: string, mode: number): Promise<string> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readSmallFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function readSmallFile(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES) throw damaged(path);
  return readFile(path, "utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says which file is damaged; the parser would quote its content, which may be a private key.
    return undefined;
  }
}

function damaged(path: string): KeyFileError {
  return new KeyFileError(`${path} is no Ed25519 key file; remove it and the service makes a new one`);
}
