import {
  errorCodes,
  initialSettings,
  MAX_WINDOW,
  maxFrameSizeRange,
  settingIds,
} from "../frames/constants.js";
import { ConnectionError } from "../frames/errors.js";
import type { ConnectionLimits } from "../limits.js";

const SETTING_BYTES = 6;

/** What the peer has told about itself; what it has not said has the initial value. RFC 9113, section 6.5.2. */
export interface PeerSettings {
  headerTableSize: number;
  initialWindowSize: number;
  maxFrameSize: number;
  /** Streams that we may open at once. */
  maxConcurrentStreams: number;
}

/** The values before the first SETTINGS. */
export const initialPeerSettings = (): PeerSettings => ({
  ...initialSettings,
  maxConcurrentStreams: Number.POSITIVE_INFINITY,
});

/** What we tell the peer. */
export function ourSettings(limits: ConnectionLimits, isServer: boolean): Map<number, number> {
  const settings = new Map<number, number>([
    [settingIds.headerTableSize, limits.headerTableSize],
    [settingIds.initialWindowSize, limits.streamWindow],
    [settingIds.maxFrameSize, limits.maxFrameSize],
    [settingIds.maxHeaderListSize, limits.maxHeaderListSize],
  ]);
  if (isServer) settings.set(settingIds.maxConcurrentStreams, limits.maxConcurrentStreams);
  else settings.set(settingIds.enablePush, 0);
  return settings;
}

/** Applies a SETTINGS payload in its order. Throws ConnectionError for a value that must not be. */
export function applySettings(settings: PeerSettings, payload: Buffer): void {
  if (payload.length % SETTING_BYTES !== 0)
    throw new ConnectionError(errorCodes.frameSizeError, "SETTINGS of an odd length");
  for (let at = 0; at < payload.length; at += SETTING_BYTES)
    applySetting(settings, payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
}

function applySetting(settings: PeerSettings, id: number, value: number): void {
  switch (id) {
    case settingIds.headerTableSize:
      settings.headerTableSize = value;
      return;
    case settingIds.enablePush:
      if (value > 1)
        throw new ConnectionError(errorCodes.protocolError, "SETTINGS_ENABLE_PUSH is neither 0 nor 1");
      return;
    case settingIds.maxConcurrentStreams:
      settings.maxConcurrentStreams = value;
      return;
    case settingIds.initialWindowSize:
      if (value > MAX_WINDOW)
        throw new ConnectionError(errorCodes.flowControlError, "SETTINGS_INITIAL_WINDOW_SIZE is too large");
      settings.initialWindowSize = value;
      return;
    case settingIds.maxFrameSize:
      if (value < maxFrameSizeRange.least || value > maxFrameSizeRange.most) {
        throw new ConnectionError(errorCodes.protocolError, "SETTINGS_MAX_FRAME_SIZE is out of range");
      }
      settings.maxFrameSize = value;
      return;
    default:
    // A setting that we do not know is ignored, as RFC 9113, section 6.5.2 asks.
  }
}
