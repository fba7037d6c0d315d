import { type ConnectWireOptions, connectWire, type Stream, type WireConnection } from "@charter/wire";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Outlet } from "./outlet.js";

interface Opened {
  readonly wire: WireConnection;
  /** Resolves when the server has answered. */
  readonly ready: Promise<WireConnection>;
}

/** One connection at a time, opened when a call needs it. It keeps the process alive while calls are on it. */
export class WireLink {
  readonly #options: ConnectWireOptions;
  #current: Opened | undefined;
  #ready: WireConnection | undefined;
  #isClosed = false;
  #streams = 0;

  constructor(options: ConnectWireOptions) {
    this.#options = options;
  }

  /** The connection, if it is there and takes requests. */
  get ready(): WireConnection | undefined {
    return this.#ready?.isOpen ? this.#ready : undefined;
  }

  /** The connection, when it is there. @throws ConnectError UNAVAILABLE when none comes about, CANCELED after `close` */
  connect(): Promise<WireConnection> {
    if (this.#isClosed) return Promise.reject(new ConnectError("the transport is closed", Code.Canceled));
    if (!this.#current?.wire.isOpen) this.#current = this.#open();
    return this.#current.ready;
  }

  /** An outlet for one request over a connection. */
  outlet(wire: WireConnection): Outlet {
    const opened = (stream: Stream | undefined) => {
      if (!stream) throw new ConnectError("the connection takes no more calls", Code.Unavailable);
      this.#count(wire, 1);
      return stream;
    };
    return {
      open: (...request) => opened(wire.open(...request)),
      openWhole: (...request) => opened(wire.openWhole(...request)),
      closed: () => this.#count(wire, -1),
    };
  }

  /** Ends the connection and all calls on it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#current?.wire.close();
  }

  #open(): Opened {
    const { promise, resolve, reject } = Promise.withResolvers<WireConnection>();
    const { host, port } = this.#options;
    const wire = connectWire({
      ...this.#options,
      onReady: () => {
        this.#ready = wire;
        resolve(wire);
      },
      onOver: (cause) => {
        const message = `no connection to ${host}:${port}`;
        reject(new ConnectError(message, Code.Unavailable, undefined, undefined, cause));
      },
    });
    // Whoever waits is told; where nobody does, the next call finds the connection closed.
    promise.catch(() => undefined);
    return { wire, ready: promise };
  }

  #count(wire: WireConnection, change: 1 | -1): void {
    this.#streams += change;
    wire.keepProcess(this.#streams > 0);
  }
}
