import { lastingPort, type SourceProcess, spawnSource } from "@charter/testing";

/** An instance that runs in a process of its own. */
export interface ProcessInstance {
  readonly name: string;
  readonly host: string;
  /** Stops it dead, connections and all, until `thaw`. */
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  /** Starts it again where it was. */
  restart(): Promise<void>;
}

/** Generated contracts have enums, which Node alone does not strip. */
const ENV = { NODE_OPTIONS: "--experimental-transform-types --disable-warning=ExperimentalWarning" };
const SCRIPT = new URL("./instance-main.ts", import.meta.url);

/** Starts an instance that answers every call with `name`. */
export async function startProcessInstance(name: string): Promise<ProcessInstance> {
  const port = await lastingPort();
  const start = async (): Promise<SourceProcess> => {
    const started = spawnSource(SCRIPT, { args: [name, String(port)], env: ENV });
    await started.line(/^listening \d+$/);
    return started;
  };
  let child = await start();
  return {
    name,
    host: `127.0.0.1:${port}`,
    freeze: () => void process.kill(child.pid, "SIGSTOP"),
    thaw: () => void process.kill(child.pid, "SIGCONT"),
    kill: () => child.kill("SIGKILL"),
    restart: async () => {
      child = await start();
    },
  };
}
