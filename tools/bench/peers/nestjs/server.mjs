import { readFileSync } from "node:fs";
import { ServerCredentials } from "@grpc/grpc-js";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { GrpcMethod, GrpcStreamMethod, Transport } from "@nestjs/microservices";
import { Observable, map } from "rxjs";
import { user } from "../../src/transports/programs/calls.ts";
import { readTask } from "../../src/transports/programs/control.ts";
import { freeAddress } from "../free-address.mjs";
import { runServer } from "../../src/transports/programs/run-server.ts";
import { contract } from "./contract.mjs";

// Decorators are no JavaScript yet: they are called by hand, as a compiler would.
class Users {
  getUser({ userId }) {
    return { userId, name: user.name, email: user.email };
  }
}
class Bench {
  echo({ payload }) {
    return { payload };
  }
  list({ count }) {
    return new Observable((subscriber) => {
      for (let number = 0; number < count; number++) subscriber.next({ number, name: user.name });
      subscriber.complete();
    });
  }
  chat(requests) {
    return requests.pipe(map(({ number }) => ({ number })));
  }
}
function decorate({ prototype }, method, decorator) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  Object.defineProperty(prototype, method, decorator(prototype, method, descriptor) ?? descriptor);
}
Controller()(Users);
Controller()(Bench);
decorate(Users, "getUser", GrpcMethod("UserService", "GetUser"));
decorate(Bench, "echo", GrpcMethod("BenchService", "Echo"));
decorate(Bench, "list", GrpcMethod("BenchService", "List"));
decorate(Bench, "chat", GrpcStreamMethod("BenchService", "Chat"));
// A module is a class, and this one has nothing but its decorator.
function Application() {}
Module({ controllers: [Users, Bench] })(Application);

async function listen(credentials) {
  const url = await freeAddress();
  const options = { ...contract, url, ...(credentials && { credentials }) };
  const application = await NestFactory.createMicroservice(Application, {
    transport: Transport.GRPC,
    options,
    logger: false,
  });
  await application.listen();
  return { application, url };
}

const { tls } = readTask();
const plain = await listen();
const pair = tls && [{ private_key: readFileSync(tls.keyFile), cert_chain: readFileSync(tls.certFile) }];
const secure = pair && (await listen(ServerCredentials.createSsl(null, pair)));
await runServer({ address: plain.url, ...(secure && { tlsAddress: secure.url }) });
await Promise.all([plain, secure].map((opened) => opened?.application.close()));
