import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { request as http1Request } from "node:https";
import { connect as connectTcp } from "node:net";
import { duplexPair } from "node:stream";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { createAuthority } from "@charter/testing";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { ServerOptions } from "../index.js";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";
import { wires } from "../testing/wires.js";

const authority = createAuthority();
const keys = authority.issue(["localhost", "127.0.0.1"]);
const trusting: ConnectionOptions = { ca: authority.cert };
const ECHO = "/charter.testing.v1.ShelfService/Echo";

describe.each(wires)("TLS on the wire %s", (wire) => {
  let shelf: StartedShelf;
  afterEach(() => shelf.stop());

  async function start(tls: Partial<ServerOptions["tls"]> = {}, options: Partial<ServerOptions> = {}) {
    shelf = await startShelf({ wire, tls: { ...keys, ...tls }, ...options });
  }

  /** A connection whose handshake is done on both sides, or failed. */
  async function dial(options: ConnectionOptions): Promise<TLSSocket> {
    const socket = connect({ port: shelf.port, host: "127.0.0.1", ...trusting, ...options });
    await once(socket, "secureConnect");
    return socket;
  }

  async function overHttp2(options: ConnectionOptions = {}): Promise<string> {
    const session = connectHttp2(shelf.url, { ...trusting, ...options });
    try {
      const stream = session.request({
        ":method": "POST",
        ":path": ECHO,
        "content-type": "application/json",
      });
      stream.end('{"text":"hello"}');
      session.on("error", (error) => stream.destroy(error));
      return Buffer.concat(await stream.toArray()).toString();
    } finally {
      session.destroy();
    }
  }

  function overHttp1(): Promise<{ status: number | undefined; body: string }> {
    return new Promise((resolve, reject) => {
      const options = {
        method: "POST",
        headers: { "content-type": "application/json" },
        ...trusting,
        agent: false,
      };
      const request = http1Request(`${shelf.url}${ECHO}`, options, async (response) => {
        const body = Buffer.concat(await response.toArray()).toString();
        resolve({ status: response.statusCode, body });
      });
      request.on("error", reject);
      request.end('{"text":"hello"}');
    });
  }

  it("serves HTTP/2 and HTTP/1.1 on one port, as ALPN agrees", async () => {
    await start();
    expect(shelf.url).toMatch(/^https:/);
    expect(await overHttp2()).toBe('{"text":"hello"}');
    expect(await overHttp1()).toEqual({ status: 200, body: '{"text":"hello"}' });
  });

  it("speaks HTTP/1.1 with who agrees on nothing, and refuses who agrees on nothing that is spoken", async () => {
    await start();
    const silent = await dial({});
    silent.end("GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    expect(Buffer.concat(await silent.toArray()).toString()).toMatch(/^HTTP\/1\.1 200 /);
    await expect(dial({ ALPNProtocols: ["h3"] })).rejects.toThrow(/no application protocol/);
  });

  it("does not begin HTTP/2 without ALPN", async () => {
    await start();
    const socket = await dial({});
    socket.end("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    expect(Buffer.concat(await socket.toArray()).toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("speaks no TLS before 1.2 and no cipher suite that HTTP/2 forbids", async () => {
    await start();
    const old = dial({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    await expect(old).rejects.toThrow(/protocol version/);
    const weak = { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA256" } as const;
    await expect(dial(weak)).rejects.toThrow(/handshake failure/);
    const good = await dial({ maxVersion: "TLSv1.2" });
    expect(good.getCipher().name).toMatch(/^ECDHE-.*(GCM|POLY1305)/);
    good.destroy();
  });

  it("does not renegotiate", async () => {
    await start();
    const socket = await dial({ maxVersion: "TLSv1.2" });
    const outcome = await new Promise((resolve) => {
      socket.on("error", resolve);
      socket.renegotiate({}, resolve);
    });
    expect(String(outcome)).toMatch(/no renegotiation/);
    socket.destroy();
  });

  it("survives whoever breaks off or talks something else, says so at debug, and serves the next", async () => {
    await start();
    const plain = connectTcp(shelf.port, "127.0.0.1");
    plain.end("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    plain.resume();
    await once(plain, "close");
    const distrusting = connect({ port: shelf.port, host: "127.0.0.1", ca: createAuthority().cert });
    await expect(once(distrusting, "secureConnect")).rejects.toThrow(/certificate/);
    expect(await overHttp2()).toBe('{"text":"hello"}');
    await shelf.stop();
    const failures = shelf.lines.filter(({ msg }) => msg === "TLS handshake failed");
    expect(failures.map(({ level }) => level)).toEqual(["debug", "debug"]);
  });

  it("ends a connection whose records break", async () => {
    await start();
    const toServer = connectTcp(shelf.port, "127.0.0.1");
    const [near, far] = duplexPair();
    near.pipe(toServer).pipe(near);
    const client = connect({ socket: far, host: "127.0.0.1", ...trusting, ALPNProtocols: ["h2"] });
    client.on("error", () => {});
    client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    await once(client, "data");
    toServer.write(Buffer.from("170303000468656c6c", "hex"));
    await once(toServer, "close");
    expect(await overHttp2()).toBe('{"text":"hello"}');
  });

  it("ends a handshake that takes too long", async () => {
    await start({ handshakeTimeoutMs: 20 });
    const silent = connectTcp(shelf.port, "127.0.0.1");
    silent.resume();
    await once(silent, "close");
    await shelf.stop();
    expect(shelf.lines).toContainEqual(expect.objectContaining({ msg: "TLS handshake failed" }));
  });

  it("ends connections when it drains", async () => {
    await start();
    const idle = await dial({});
    const half = connectTcp(shelf.port, "127.0.0.1");
    await once(half, "connect");
    const closed = Promise.all([once(idle, "close"), once(half, "close")]);
    idle.resume();
    half.resume();
    await shelf.server.drain({ graceMs: 0 });
    await closed;
  });

  describe("with an authority of callers", () => {
    const callers = createAuthority("Callers");
    const caller = callers.issue(["buy"]);

    it("serves who shows a certificate of it", async () => {
      await start({ ca: callers.cert });
      expect(await overHttp2(caller)).toBe('{"text":"hello"}');
    });

    it("refuses who shows none, one of another authority or an expired one", async () => {
      await start({ ca: callers.cert });
      const strangers = [{}, authority.issue(["buy"]), callers.issue(["buy"], { expired: true })];
      // With TLS 1.3 a client learns of it only after its own part of the handshake, and Node's then ends the stream without an error.
      const answers = await Promise.all(strangers.map((it) => overHttp2(it).catch(() => "")));
      expect(answers).toEqual(["", "", ""]);
      await shelf.stop();
      const failures = shelf.lines.filter(({ msg }) => msg === "TLS handshake failed");
      expect(failures.map(({ certificate }) => certificate).toSorted()).toEqual([
        "CERT_HAS_EXPIRED",
        "SELF_SIGNED_CERT_IN_CHAIN",
        null,
      ]);
    });

    it("tells nobody who calls: that is for the token to say", async () => {
      await start({ ca: callers.cert });
      const session = connectHttp2(shelf.url, { ...trusting, ...caller });
      const path = "/charter.testing.v1.ShelfService/WhoAmI";
      const stream = session.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/json",
      });
      stream.end("{}");
      expect(Buffer.concat(await stream.toArray()).toString()).toContain('"code":"unauthenticated"');
      session.destroy();
    });
  });

  describe("renewTls", () => {
    it("serves new connections under the new keys and goes on with old ones", async () => {
      await start();
      const next = createAuthority("Next");
      const old = await dial({});
      shelf.server.renewTls(next.issue(["127.0.0.1"]));
      expect(await overHttp2({ ca: next.cert })).toBe('{"text":"hello"}');
      await expect(overHttp2()).rejects.toThrow(/certificate/);
      old.end("GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
      expect(Buffer.concat(await old.toArray()).toString()).toMatch(/^HTTP\/1\.1 200 /);
    });

    it("keeps the old keys when the new ones cannot be used", async () => {
      await start();
      const { key } = createAuthority().issue(["127.0.0.1"]);
      expect(() => shelf.server.renewTls({ key, cert: keys.cert })).toThrow(/key values mismatch/);
      expect(() => shelf.server.renewTls({ ...keys, ca: authority.cert })).toThrow(TypeError);
      expect(await overHttp2()).toBe('{"text":"hello"}');
    });
  });

  it("keeps the admin port in clear text", async () => {
    await start({}, { admin: { host: "127.0.0.1", port: 0 } });
    expect(shelf.adminUrl).toMatch(/^http:/);
    expect((await fetch(`${shelf.adminUrl}/livez`)).status).toBe(200);
  });
});

describe("createServer", () => {
  it("refuses keys that cannot be used, and a port in clear text takes none", async () => {
    const { key } = createAuthority().issue(["127.0.0.1"]);
    await expect(startShelf({ tls: { key, cert: keys.cert } })).rejects.toThrow(/key values mismatch/);
    const plain = await startShelf();
    expect(() => plain.server.renewTls(keys)).toThrow(TypeError);
    await plain.stop();
  });
});
