import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Project } from "../project.js";
import { UsageError } from "../usage-error.js";

/** A process to watch. */
export interface TopTarget {
  readonly name: string;
  readonly url: string;
}

/**
 * The processes that are named by their URLs, or else those of the project's running stack.
 *
 * @throws UsageError when a URL is none, or no stack runs
 */
export function topTargets(urls: readonly string[], project: Project): TopTarget[] {
  if (urls.length === 0) return stackTargets(project);
  return urls.map((url) => {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new UsageError(`"${url}" is no http address, e.g. http://127.0.0.1:8083`);
    return { name: new URL(url).host, url };
  });
}

function stackTargets({ root, stackFile }: Project): TopTarget[] {
  if (stackFile === undefined)
    throw new UsageError(
      'name the processes to watch by their URLs; this project names no "stackFile" in the field "charter" of its package.json',
    );
  const path = resolve(root, stackFile);
  if (!existsSync(path))
    throw new UsageError(
      `nothing runs here: there is no ${path}; start the stack, or name processes by their URLs`,
    );
  const targets = servicesOf(readFileSync(path, "utf8"));
  if (targets.length > 0) return targets;
  throw new UsageError(`${path} must be {"services": {name: {"url": address}}}`);
}

function servicesOf(text: string): TopTarget[] {
  const { services } = Object(parsed(text)) as { services?: unknown };
  return Object.entries(Object(services) as Record<string, unknown>).flatMap(([name, service]) => {
    const { adminUrl, url } = Object(service) as Record<string, unknown>;
    const address = adminUrl ?? url;
    return typeof address === "string" ? [{ name, url: address }] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Written anew at this moment, or by something else: no services are found in it, which is what the user is told.
    return undefined;
  }
}
