import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Binaries } from "./binaries.js";
import { makePrivateFolder, type Place } from "./place.js";
import type { SystemUser } from "./system-user.js";

const run = promisify(execFile);
const initTimeoutMs = 120_000;

/**
 * Makes the data folder unless it exists, and returns the administrator's password, which lies in `directory`/admin-password (mode 0600).
 * An initialisation that was cut short leaves no data folder, so the next start does it again.
 */
export async function initData(
  place: Place,
  binaries: Binaries,
  user: SystemUser | undefined,
): Promise<string> {
  const passwordFile = join(place.directory, "admin-password");
  if (existsSync(place.data)) return readPassword(passwordFile, place);
  const password = randomBytes(24).toString("hex");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const unfinished = join(place.home, "data.unfinished");
  makePrivateFolder(unfinished, user);
  await initdb(binaries.initdb, unfinished, password, place, user);
  renameSync(unfinished, place.data);
  return password;
}

function readPassword(file: string, place: Place): string {
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new Error(
    `${file} is missing, so nobody can administer the data in ${place.data}. Restore the file, or remove ${place.directory} to begin anew.`,
  );
}

async function initdb(
  program: string,
  data: string,
  password: string,
  place: Place,
  user: SystemUser | undefined,
): Promise<void> {
  const passwordFile = join(place.home, "initial-password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  try {
    await run(
      program,
      [
        `--pgdata=${data}`,
        "--username=postgres",
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
      ],
      {
        cwd: place.home,
        env: { PATH: process.env.PATH },
        timeout: initTimeoutMs,
        ...(user && { uid: user.uid, gid: user.gid }),
      },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}
