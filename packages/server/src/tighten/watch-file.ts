import { type FSWatcher, watch } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Clock, Timer } from "@charter/time";

/** Several notices of one change are taken for one. */
const SETTLE_MS = 50;
/** What the system's notices miss, e.g. on network file systems, is found by looking. */
const POLL_MS = 2_000;
/** A larger file is not read. */
const MAX_BYTES = 1_048_576;

/** Looks after one file. */
export interface FileWatch {
  /** Resolves when the file has been looked at for the first time. */
  readonly looked: Promise<void>;
  stop(): void;
}

/** What is told of the file. */
export interface FileListener {
  /** Its text, or undefined when there is no such file: at the start, and whenever it has changed. */
  onText(text: string | undefined): void;
  onError(error: unknown): void;
}

/** Watches a file that may come, go and be replaced. Whoever watches it stops the watch. */
export function watchFile(path: string, listener: FileListener, clock: Clock): FileWatch {
  let seen: string | undefined = "not looked at yet";
  let timer: Timer | undefined;
  let stopped = false;
  const look = async () => {
    try {
      const mark = await markOf(path);
      if (mark !== seen) {
        const text = mark === undefined ? undefined : await readFile(path, "utf8");
        seen = mark;
        if (!stopped) listener.onText(text);
      }
    } catch (error) {
      if (!stopped) listener.onError(error);
    }
    later(POLL_MS);
  };
  const later = (ms: number) => {
    timer?.clear();
    if (!stopped) timer = clock.setTimer(() => void look(), ms);
  };
  const notices = noticesOf(path, () => later(SETTLE_MS));
  return {
    looked: look(),
    stop() {
      stopped = true;
      timer?.clear();
      notices?.close();
    },
  };
}

/** Tells one state of the file from another; undefined when it is not there. */
async function markOf(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    if (size > MAX_BYTES) throw new RangeError(`${path} is larger than ${MAX_BYTES} bytes`);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The directory is watched, for a file that is replaced is another file. Where that cannot be, looking must do. */
function noticesOf(path: string, onNotice: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
      if (name === null || name === basename(path)) onNotice();
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
