// NestJS' gRPC microservice with protobuf-es, and nothing else. (No decorator syntax in plain JavaScript: they are called.)

import "reflect-metadata";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { GrpcMethod, Transport } from "@nestjs/microservices";
import { freePort } from "../lib/free-port.mjs";
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
