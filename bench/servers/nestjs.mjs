// NestJS' gRPC microservice with protobuf-es, and nothing else. (No decorator syntax in plain JavaScript: they are called.)

import "reflect-metadata";
import { createServer } from "node:net";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { GrpcMethod, Transport } from "@nestjs/microservices";
import { addUp, DeskService } from "../work/desk.mjs";
import { announce } from "./announce.mjs";
import { grpcJsDefinition } from "./grpc-js-definition.mjs";

const dot = DeskService.typeName.lastIndexOf(".");
const packageName = DeskService.typeName.slice(0, dot);

class Desk {
  addUp(request) {
    return addUp(request);
  }
}
GrpcMethod(DeskService.typeName.slice(dot + 1), "addUp")(
  Desk.prototype,
  "addUp",
  Object.getOwnPropertyDescriptor(Desk.prototype, "addUp"),
);
Controller()(Desk);
class Application {}
Module({ controllers: [Desk] })(Application);

const port = await freePort();
const application = await NestFactory.createMicroservice(Application, {
  transport: Transport.GRPC,
  logger: ["warn", "error", "fatal"],
  options: {
    url: `127.0.0.1:${port}`,
    package: packageName,
    packageDefinition: { [DeskService.typeName]: { addUp: grpcJsDefinition.addUp } },
  },
});
await application.listen();
announce({ port });

/** NestJS does not tell which port it got, so it gets one that was free just now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}
