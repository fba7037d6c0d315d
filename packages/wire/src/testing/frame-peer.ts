import net from "node:net";
import { FRAME_HEADER_BYTES, frameTypes, PREFACE } from "../frames/constants.js";
import { FrameReader } from "../frames/frame-reader.js";
import { frame, headersFrames, settingsAck, settingsFrame } from "../frames/frame-writer.js";
import { HpackEncoder } from "../hpack/encoder.js";

const MAX_FRAME_SIZE = 16_777_215;

export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** A peer that sends the frames it is told to, right or wrong, and records those that come. */
export class FramePeer {
  readonly socket: net.Socket;
  readonly seen: SeenFrame[] = [];
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
  readonly #reader: FrameReader;
  readonly #waiters = new Set<() => void>();
  #prefaceBytes: number;

  /** @param prefaceBytes What comes before the first frame: a client's preface, where this is the server. */
  constructor(socket: net.Socket, prefaceBytes = 0) {
    this.socket = socket;
    this.#prefaceBytes = prefaceBytes;
    this.#reader = new FrameReader(MAX_FRAME_SIZE, (type, flags, streamId, bytes, start, end) => {
      this.seen.push({ type, flags, streamId, payload: Buffer.from(bytes.subarray(start, end)) });
    });
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  /** Connects and says nothing yet. */
  static async connect(port: number): Promise<FramePeer> {
    const socket = net.connect({ host: "127.0.0.1", port, noDelay: true });
    await new Promise((resolve) => socket.once("connect", resolve));
    return new FramePeer(socket);
  }

  /** Connects as a well-behaved client. */
  static async greet(port: number, settings = new Map<number, number>()): Promise<FramePeer> {
    const peer = await FramePeer.connect(port);
    peer.send(PREFACE, settingsFrame(settings), settingsAck);
    await peer.next(({ type, flags }) => type === frameTypes.settings && flags === 0);
    return peer;
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames));
  }

  /** The first frame, seen or to come, that is as asked; fails when the socket closes before. */
  async next(matches: (frame: SeenFrame) => boolean): Promise<SeenFrame> {
    for (;;) {
      const found = this.seen.find(matches);
      if (found) return found;
      if (this.socket.destroyed) throw new Error("the socket closed before the frame came");
      await this.#change();
    }
  }

  /** The frame of a type, on any stream or on one. */
  nextOf(type: number, streamId?: number): Promise<SeenFrame> {
    return this.next((seen) => seen.type === type && (streamId === undefined || seen.streamId === streamId));
  }

  /** Code of the GOAWAY that ends the connection. */
  async goawayCode(): Promise<number> {
    return (await this.nextOf(frameTypes.goaway)).payload.readUInt32BE(4);
  }

  count(type: number): number {
    return this.seen.filter((seen) => seen.type === type).length;
  }

  destroy(): void {
    this.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const skipped = Math.min(this.#prefaceBytes, chunk.length);
    this.#prefaceBytes -= skipped;
    this.#reader.push(chunk.subarray(skipped));
    for (const wake of this.#waiters) wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiters.delete(wake);
        this.socket.off("close", wake);
        resolve();
      };
      this.#waiters.add(wake);
      this.socket.once("close", wake);
    });
  }
}

/** A request as HEADERS, of a client that uses no table. */
export function requestFrame(streamId: number, path: string, endStream = true): Buffer {
  const fields = {
    ":method": endStream ? "GET" : "POST",
    ":scheme": "http",
    ":path": path,
    ":authority": "test",
  };
  const encoded = Object.entries(fields).map(([name, value]) => ({ name, value }));
  return headersFrames(streamId, new HpackEncoder(0).encode(encoded), endStream, MAX_FRAME_SIZE);
}

/** A frame that claims another length than it has. */
export function frameClaiming(length: number, type: number, flags: number, streamId: number): Buffer {
  const bytes = frame(type, flags, streamId, Buffer.alloc(0));
  bytes.writeUIntBE(length, 0, 3);
  return bytes.subarray(0, FRAME_HEADER_BYTES);
}
