// What attackers do. Each attack is what one connection sends, `next(ids)` piece by piece: as fast as the server takes it, or with a pause
// after each. A connection that is lost is replaced at once.
import {
  body,
  bomb,
  cookies,
  echo,
  envelopeHead,
  frame,
  greeting,
  head,
  reset,
  settings,
  times,
  types,
} from "./frames.mjs";

const GIGABYTES_2 = 2_147_483_647;
const OPEN_WINDOW = 1_073_741_824;
/** Just below what a method of the test contract takes. */
const BODY_BYTES = 60_000;

const gzipBomb = bomb(60 * 1_048_576);
const largeEcho = echo(BODY_BYTES);
const smallEcho = echo(100);

const largeEchos = (ids) =>
  times(5, () => {
    const id = ids.next();
    return Buffer.concat([head(id), body(id, largeEcho, true)]);
  });

/**
 * Name -> `about`: for the table; `window`: what the server may send on each stream, and on the connection; `greets`: whether the
 * connection begins as it should, the default; `begin`: what comes after that; `next`: the next piece; `pauseMs`: after each piece, longer
 * the more connections there are where `shared`, so that all together send no more; `reads`: whether answers are read, the default.
 */
export const attacks = {
  "rapid reset": {
    about: "calls that are cancelled as they are made, without end",
    next: (ids) =>
      times(300, () => {
        const id = ids.next();
        return Buffer.concat([head(id), reset(id)]);
      }),
  },
  "CONTINUATION flood": {
    about: "a header block that does not end",
    begin: (ids) => frame(types.headers, 0, ids.next(), Buffer.from([0x83])),
    next: () => times(1_000, () => frame(types.continuation, 0, 1, Buffer.alloc(16, 0x82))),
  },
  "PING flood": {
    about: "PING without end",
    next: () => times(2_000, () => frame(types.ping, 0, 0, Buffer.alloc(8))),
  },
  "SETTINGS flood": {
    about: "SETTINGS without end",
    next: () => times(1_000, (index) => settings(1_000 + index)),
  },
  "HPACK bomb": {
    about:
      "blocks that name a cookie of the table thousands of times, and up to what is allowed; zero window",
    window: 0,
    next: (ids) => {
      const [large, allowed] = [ids.next(), ids.next()];
      return Buffer.concat([
        cookies(large, 8, 8_000),
        cookies(allowed, 200, 100),
        body(allowed, smallEcho, true),
      ]);
    },
  },
  "2 GB in an envelope": {
    about: "calls whose five-byte envelope claims 2 GB, 2,000 a second",
    pauseMs: 5,
    shared: true,
    next: (ids) =>
      times(10, () => {
        const id = ids.next();
        return Buffer.concat([
          head(id),
          body(id, Buffer.concat([envelopeHead(GIGABYTES_2), Buffer.alloc(50)]), false),
        ]);
      }),
  },
  "gzip bomb": {
    about: "messages of 61 KB that become 60 MiB, 200 a second",
    pauseMs: 10,
    shared: true,
    next: (ids) =>
      times(2, () => {
        const id = ids.next();
        return Buffer.concat([head(id, { "grpc-encoding": "gzip" }), body(id, gzipBomb, true)]);
      }),
  },
  "5,000 streams": {
    about: "5,000 calls begun at once and not ended, again every second",
    pauseMs: 1_000,
    next: (ids) => times(5_000, () => head(ids.next())),
  },
  "slow preface": {
    about: "a byte of the preface now and then",
    greets: false,
    pauseMs: 400,
    next: (ids) => {
      const at = (ids.next() - 1) / 2;
      return greeting.subarray(at, at + 1);
    },
  },
  "slow body": {
    about: "as many calls as are allowed, the body of each byte by byte",
    pauseMs: 250,
    begin: (ids) =>
      times(250, () => {
        const id = ids.next();
        return Buffer.concat([head(id, { "grpc-timeout": "1H" }), body(id, envelopeHead(BODY_BYTES), false)]);
      }),
    next: (ids) => times(250, (index) => frame(types.data, 0, ids.first + index * 2, Buffer.alloc(1))),
  },
  "slow reader": {
    about: "calls with answers of 60 KB, 500 a second, none of which is read",
    reads: false,
    window: OPEN_WINDOW,
    pauseMs: 10,
    shared: true,
    next: largeEchos,
  },
  "slow reader, zero window": {
    about: "the same, but the window is closed",
    window: 0,
    pauseMs: 10,
    shared: true,
    next: largeEchos,
  },
};
