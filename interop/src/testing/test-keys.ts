import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority } from "@charter/testing";
import type { KeyFiles } from "./foreign.js";

/** Keys for 127.0.0.1, as text and as files. */
export interface TestKeys {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly files: KeyFiles;
  remove(): void;
}

export function createTestKeys(): TestKeys {
  const authority = createAuthority();
  const texts = { ca: authority.cert, ...authority.issue(["127.0.0.1", "localhost"]) };
  const folder = mkdtempSync(join(tmpdir(), "charter-interop-"));
  const files = { ca: join(folder, "ca.pem"), cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  for (const name of ["ca", "cert", "key"] as const) writeFileSync(files[name], texts[name], { mode: 0o600 });
  return { ...texts, files, remove: () => rmSync(folder, { recursive: true }) };
}
