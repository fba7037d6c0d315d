import { connect } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";

let shelf: StartedShelf;
afterEach(() => shelf.stop());

const get = async (path: string) => {
  const answer = await fetch(`${shelf.url}${path}`);
  return { status: answer.status, body: await answer.json() };
};

describe("documents", () => {
  it("say that the process lives and is ready", async () => {
    shelf = await startShelf({ readiness: { database: async () => {} } });
    expect(await get("/livez")).toEqual({ status: 200, body: { status: "live" } });
    expect(await get("/readyz")).toEqual({
      status: 200,
      body: { status: "ready", checks: { database: "ok" } },
    });
  });

  it("say which check failed, and not why", async () => {
    const refused = () => Promise.reject(new Error("connect ECONNREFUSED db.internal"));
    shelf = await startShelf({ readiness: { database: refused, cache: async () => {} } });
    const body = { status: "not ready", checks: { database: "failed", cache: "ok" } };
    expect(await get("/readyz")).toEqual({ status: 503, body });
  });

  it("are what the service adds", async () => {
    shelf = await startShelf({ wellKnown: { "/.well-known/jwks.json": async () => ({ keys: [] }) } });
    expect(await get("/.well-known/jwks.json")).toEqual({ status: 200, body: { keys: [] } });
  });

  it("fail without telling why", async () => {
    shelf = await startShelf({ wellKnown: { "/broken": () => Promise.reject(new Error("secret")) } });
    expect(await get("/broken")).toEqual({ status: 500, body: { code: "internal" } });
    expect(shelf.lines).toContainEqual(expect.objectContaining({ msg: "a document could not be made" }));
  });

  it("are for GET and HEAD", async () => {
    shelf = await startShelf();
    const head = await fetch(`${shelf.url}/livez`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await fetch(`${shelf.url}/livez`, { method: "POST" })).status).toBe(405);
  });

  it("answer the oldest HTTP clients that name a host", async () => {
    shelf = await startShelf();
    const socket = connect(shelf.port, "127.0.0.1");
    socket.end("GET /livez HTTP/1.0\r\nHost: a\r\n\r\n");
    const text = Buffer.concat(await socket.toArray()).toString();
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });
});
