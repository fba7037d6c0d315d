import { readFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import { describe, expect, it } from "@jest/globals";
import {
  connectWire,
  defaultLimits,
  HpackEncoder,
  RequestTemplate,
  type ResponseReceiver,
  type StreamReceiver,
  UnaryAnswer,
  WireServer,
} from "./index.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

describe("the package as its README shows it", () => {
  it("serves and calls", async () => {
    const encoder = new HpackEncoder(0);
    const answer = new UnaryAnswer(
      encoder.encode([{ name: ":status", value: "200" }]),
      encoder.encode([{ name: "grpc-status", value: "0" }]),
    );
    const greeting: StreamReceiver = {
      data: (stream, bytes) => stream.consumed(bytes.length),
      end(stream) {
        const frames = answer.allocate(stream, 5);
        frames.write("hello", answer.bodyAt);
        answer.send(stream, frames);
      },
      drained() {},
      closed() {},
    };
    const server = new WireServer({ onRequest: () => greeting });
    const listener = net.createServer({ noDelay: true }, (socket) => server.accept(socket));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;

    const connection = connectWire({ host: "127.0.0.1", port });
    const template = new RequestTemplate([
      { name: ":method", value: "POST" },
      { name: ":scheme", value: "http" },
      { name: ":path", value: "/greet" },
      { name: ":authority", value: "localhost", representation: "index" },
    ]);
    const seen = await new Promise<string[]>((resolve) => {
      const heard: string[] = [];
      const receiver: ResponseReceiver = {
        head: (_stream, head) => heard.push(String(head.status)),
        data(stream, bytes) {
          heard.push(bytes.toString());
          stream.consumed(bytes.length);
        },
        end: (_stream, trailers) => heard.push(trailers?.get("grpc-status") ?? ""),
        drained() {},
        closed: () => resolve(heard),
      };
      connection.open(template, receiver, false)?.sendData(Buffer.from("hi"), true);
    });
    expect(seen).toEqual(["200", "hello", "0"]);
    await Promise.all([connection.drain(), server.drain()]);
    await new Promise((resolve) => listener.close(resolve));
  });

  it("has the limits that its README names, with their defaults", () => {
    const rows = [...readme.matchAll(/^\| `(\w+)` +\| ([\d,]+) /gm)].map(([, name, value]) => [
      name,
      Number(value?.replaceAll(",", "")),
    ]);
    expect(Object.fromEntries(rows)).toEqual(defaultLimits);
  });
});
