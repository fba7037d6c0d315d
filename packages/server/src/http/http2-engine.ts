import type { Socket } from "node:net";

/** Serves the HTTP/2 connections of a port. */
export interface Http2Engine {
  /** Takes over a connection from its first byte on. */
  accept(socket: Socket): void;
  /** Tells every connection that it has to open no more streams. */
  goAway(): void;
}
