import { randomBytes } from "node:crypto";
import { z } from "zod";
import { readJsonFile, writeSecretFile } from "./secret-file.js";
import { type PerService, perService } from "./services.js";

/** Passwords that the stack makes up at its first start and keeps. */
export interface Secrets {
  operatorEmail: string;
  operatorPassword: string;
  databasePasswords: PerService<string>;
}

const PASSWORD_BYTES = 24;
const password = () => randomBytes(PASSWORD_BYTES).toString("base64url");
const text = z.string().min(1);

const schema = z.object({
  operatorEmail: text,
  operatorPassword: text,
  databasePasswords: z.object({ user: text, discount: text, buy: text, delivery: text }),
});

/** Reads the secrets, or makes and keeps them. */
export function openSecrets(path: string): Secrets {
  const found = readJsonFile(path);
  if (found !== undefined) return parse(path, found);
  const made: Secrets = {
    operatorEmail: "operator@charter.example",
    operatorPassword: password(),
    databasePasswords: perService(password),
  };
  writeSecretFile(path, made);
  return made;
}

function parse(path: string, found: unknown): Secrets {
  const result = schema.safeParse(found);
  if (result.success) return result.data;
  throw new Error(
    `${path} lacks a secret (${z.prettifyError(result.error)}); remove it together with the databases and start again.`,
  );
}
