/** A call as bytes, so that the client that makes it knows no message. */
export interface ForeignCall {
  readonly path: string;
  readonly requests: readonly Uint8Array[];
  /** Values of "-bin" keys in base64, here and in the answer. */
  readonly header?: Readonly<Record<string, string>>;
  /** Default: 20,000. */
  readonly timeoutMs?: number;
}

/** How it ended, and what came before. */
export interface ForeignAnswer {
  readonly code: number;
  readonly message: string;
  /** google.rpc.Status of a failure, as bytes. */
  readonly status: Uint8Array;
  readonly header: Readonly<Record<string, string>>;
  readonly trailer: Readonly<Record<string, string>>;
  readonly responses: readonly Uint8Array[];
}

/** A gRPC client that shares no code with ours. */
export interface ForeignClient {
  call(call: ForeignCall): Promise<ForeignAnswer>;
  stop(): Promise<void>;
}

/** A gRPC server that shares no code with ours. It does with every call what the call's metadata says; see interop/README.md. */
export interface ForeignServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Files with the keys of a server and of the authority that its clients trust. */
export interface KeyFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** A gRPC implementation. Without keys, it speaks clear text. */
export interface ForeignPeer {
  readonly name: string;
  readonly available: boolean;
  /** What to do where it is not. */
  readonly reason: string;
  startClient(target: string, keys: KeyFiles | undefined): Promise<ForeignClient>;
  startServer(keys: KeyFiles | undefined): Promise<ForeignServer>;
}

export const DEFAULT_TIMEOUT_MS = 20_000;
