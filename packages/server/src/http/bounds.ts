/** Headers of one request, both protocols; over it HTTP/1.1 answers 431 and HTTP/2 ends the stream. */
export const MAX_HEADER_BYTES = 32_768;
/** Streams that one HTTP/2 connection may have open at once. */
export const MAX_CONCURRENT_STREAMS = 128;
/** Connections that the port holds at once; further ones are closed as they come. */
export const MAX_CONNECTIONS = 4_096;
/** How long a new connection may take to send its first bytes. */
export const FIRST_BYTES_MS = 10_000;
/** How long the headers of an HTTP/1.1 request may take. */
export const HEADERS_MS = 10_000;
/** How long an idle HTTP/1.1 connection is kept. */
export const KEEP_ALIVE_MS = 60_000;
/** Requests that one HTTP/1.1 connection may carry. */
export const MAX_REQUESTS_PER_SOCKET = 100_000;
/** How long a write may wait for a caller that does not read. */
export const WRITE_STALL_MS = 30_000;
/** Bytes of answers that may wait for callers over HTTP/2 who do not take them; a stream that adds to more is reset. From half of it on they have less patience. */
export const MAX_QUEUED_BYTES = 33_554_432;
/** The same of one connection; from half of it on its requests are refused before they are served. */
export const MAX_QUEUED_BYTES_OF_CONNECTION = 8_388_608;
/** How long connections may take to send their last answers when the port closes. */
export const FLUSH_MS = 500;
/** How much of a body that nobody wants is read past before the connection is given up. */
export const DISCARD_BYTES = 16_777_216;
/** For how long it is read past. */
export const DISCARD_MS = 10_000;
/** An HTTP/2 connection that carried nothing for so long is told to go away. */
export const SESSION_IDLE_MS = 900_000;
/** Malformed HTTP/2 frames after which a connection is given up. */
export const MAX_INVALID_FRAMES = 100;
