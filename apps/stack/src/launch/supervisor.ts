import { setTimeout as pause } from "node:timers/promises";
import { type ServiceProcess, type ServiceProcessOptions, startService } from "./service-process.js";

/** A service that ended by itself is started again after this time… */
const RESTART_AFTER_MS = 500;
/** …but not more often than this in a row; a start that lasted LASTING_MS begins a new row. */
const MAX_RESTARTS = 5;
const LASTING_MS = 60_000;

export type SupervisedOptions = Omit<ServiceProcessOptions, "onUnexpectedExit"> & {
  /** The service ended by itself; `restarting` tells whether it is started again. */
  onLost: (reason: string, restarting: boolean) => void;
  /** The service runs again, under another process id. */
  onRestarted: (process: ServiceProcess) => void;
};

/** A service that is started again when it ends by itself. */
export interface Supervised {
  /** Stops the service for good. */
  stop(): Promise<void>;
  readonly process: ServiceProcess;
}

/** Starts a service and keeps it running. Throws when the first start fails. */
export async function supervise(options: SupervisedOptions): Promise<Supervised> {
  const stopping = new AbortController();
  let restarts = 0;
  let startedAtMs = performance.now();
  let restarting: Promise<void> | undefined;
  const start = () => startService({ ...options, onUnexpectedExit });
  let current = await start();

  function onUnexpectedExit(reason: string): void {
    if (performance.now() - startedAtMs > LASTING_MS) restarts = 0;
    restarts += 1;
    const again = restarts <= MAX_RESTARTS && !stopping.signal.aborted;
    options.onLost(reason, again);
    if (again) restarting = restart();
  }

  async function restart(): Promise<void> {
    try {
      await pause(RESTART_AFTER_MS, undefined, { signal: stopping.signal });
      startedAtMs = performance.now();
      current = await start();
      options.onRestarted(current);
    } catch (error) {
      if (!stopping.signal.aborted) onUnexpectedExit(error instanceof Error ? error.message : String(error));
    }
  }

  return {
    get process() {
      return current;
    },
    async stop() {
      stopping.abort();
      await restarting;
      await current.stop();
    },
  };
}
