import { errorCodes } from "../frames/constants.js";
import { ConnectionError } from "../frames/errors.js";
import type { ConnectionLimits } from "../limits.js";

/** What has not happened, or is not waited for. */
const NEVER = -1;

/** When a connection last did what it must not put off, and what is overdue. */
export class ConnectionTimes {
  readonly #limits: ConnectionLimits;
  readonly #now: () => number;
  #idleSinceMs: number;
  #awaitingSettingsSinceMs: number;
  #awaitingAckSinceMs = NEVER;
  #awaitingPongSinceMs = NEVER;

  constructor(limits: ConnectionLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#idleSinceMs = now();
    this.#awaitingSettingsSinceMs = now();
  }

  /** The last open stream has ended. */
  becameIdle(): void {
    this.#idleSinceMs = this.#now();
  }

  settingsReceived(): void {
    this.#awaitingSettingsSinceMs = NEVER;
  }

  settingsSent(): void {
    this.#awaitingAckSinceMs = this.#now();
  }

  settingsAcknowledged(): void {
    this.#awaitingAckSinceMs = NEVER;
  }

  pingSent(): void {
    if (this.#awaitingPongSinceMs === NEVER) this.#awaitingPongSinceMs = this.#now();
  }

  pongReceived(): void {
    this.#awaitingPongSinceMs = NEVER;
  }

  /** Why the connection must end now; undefined while nothing is overdue. */
  overdue(openStreams: number): ConnectionError | undefined {
    const { prefaceTimeoutMs, settingsTimeoutMs, pingTimeoutMs, idleTimeoutMs } = this.#limits;
    if (this.#passed(this.#awaitingSettingsSinceMs, prefaceTimeoutMs))
      return new ConnectionError(errorCodes.protocolError, "no SETTINGS in time");
    if (this.#passed(this.#awaitingAckSinceMs, settingsTimeoutMs))
      return new ConnectionError(errorCodes.settingsTimeout, "SETTINGS were not acknowledged in time");
    if (this.#passed(this.#awaitingPongSinceMs, pingTimeoutMs))
      return new ConnectionError(errorCodes.noError, "PING was not answered in time");
    if (openStreams === 0 && this.#passed(this.#idleSinceMs, idleTimeoutMs))
      return new ConnectionError(errorCodes.noError, "idle");
    return undefined;
  }

  #passed(sinceMs: number, timeoutMs: number): boolean {
    return sinceMs !== NEVER && this.#now() - sinceMs > timeoutMs;
  }
}
