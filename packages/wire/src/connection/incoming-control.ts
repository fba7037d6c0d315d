import { errorCodes, flags as flagBits, frameTypes, initialSettings } from "../frames/constants.js";
import { ConnectionError, StreamError } from "../frames/errors.js";
import { pingFrame, settingsAck } from "../frames/frame-writer.js";
import type { Connection } from "./connection.js";
import { applySettings } from "./settings.js";

const PING_BYTES = 8;
const LEAST_GOAWAY_BYTES = 8;

/** Takes the frames that speak of the connection itself: SETTINGS, PING and GOAWAY. RFC 9113, sections 6.5, 6.7 and 6.8. */
export class IncomingControl {
  readonly #connection: Connection;
  #settingsReceived = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Throws ConnectionError unless the first frame is SETTINGS. RFC 9113, section 3.4. */
  assertSettingsFirst(type: number, flags: number): void {
    if (this.#settingsReceived) return;
    if (type !== frameTypes.settings || flags & flagBits.ack)
      throw new ConnectionError(errorCodes.protocolError, "the first frame is not SETTINGS");
  }

  settings(flags: number, streamId: number, payload: Buffer): void {
    if (streamId !== 0) throw new ConnectionError(errorCodes.protocolError, "SETTINGS on a stream");
    this.#connection.budgets.countControl();
    if (flags & flagBits.ack) return this.#settingsAck(payload);
    this.#settingsReceived = true;
    this.#connection.times.settingsReceived();
    this.#apply(payload);
    this.#connection.role.settingsChanged();
  }

  ping(flags: number, streamId: number, payload: Buffer): void {
    if (streamId !== 0) throw new ConnectionError(errorCodes.protocolError, "PING on a stream");
    if (payload.length !== PING_BYTES)
      throw new ConnectionError(errorCodes.frameSizeError, "PING is not eight bytes long");
    this.#connection.budgets.countControl();
    if (flags & flagBits.ack) this.#connection.pong(payload);
    else this.#connection.outbox.push(pingFrame(payload, true));
  }

  goaway(streamId: number, payload: Buffer): void {
    if (streamId !== 0) throw new ConnectionError(errorCodes.protocolError, "GOAWAY on a stream");
    if (payload.length < LEAST_GOAWAY_BYTES)
      throw new ConnectionError(errorCodes.frameSizeError, "GOAWAY is shorter than eight bytes");
    this.#connection.budgets.countControl();
    const lastStreamId = payload.readUInt32BE(0) & 0x7fff_ffff;
    const debugData = payload.subarray(LEAST_GOAWAY_BYTES);
    this.#connection.role.goingAway(lastStreamId, payload.readUInt32BE(4), debugData);
  }

  #settingsAck(payload: Buffer): void {
    if (payload.length > 0)
      throw new ConnectionError(errorCodes.frameSizeError, "SETTINGS acknowledgement with a payload");
    this.#connection.times.settingsAcknowledged();
  }

  #apply(payload: Buffer): void {
    const { peer, encoder, outbox } = this.#connection;
    const { initialWindowSize, headerTableSize } = peer;
    applySettings(peer, payload);
    // More than the initial size would only make us remember more.
    if (peer.headerTableSize !== headerTableSize)
      encoder.resize(Math.min(peer.headerTableSize, initialSettings.headerTableSize));
    // Before what the new windows let go: the peer counts by its new values from the acknowledgement on.
    outbox.push(settingsAck);
    this.#moveStreamWindows(peer.initialWindowSize - initialWindowSize);
  }

  /** A new initial window moves those of all open streams. RFC 9113, section 6.9.2: too large a window ends the connection here. */
  #moveStreamWindows(difference: number): void {
    if (difference === 0) return;
    const { sender, streams } = this.#connection;
    try {
      for (const stream of streams.values()) sender.openStreamWindow(stream, difference);
    } catch (error) {
      throw error instanceof StreamError ? new ConnectionError(error.code, error.message) : error;
    }
  }
}
