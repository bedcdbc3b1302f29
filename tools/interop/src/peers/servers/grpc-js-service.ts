import { once } from "node:events";
import { ErrorInfoSchema } from "@banyan/stubs-standard/error-details";
import { StatusSchema } from "@banyan/stubs-standard/status";
import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import {
  Metadata,
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import {
  ChatResponseSchema,
  CollectResponseSchema,
  CountWaitsResponseSchema,
  EchoResponseSchema,
  ListResponseSchema,
  WaitResponseSchema,
  type ChatRequest,
  type ChatResponse,
  type CollectRequest,
  type CollectResponse,
  type CountWaitsRequest,
  type CountWaitsResponse,
  type EchoRequest,
  type EchoResponse,
  type ListRequest,
  type ListResponse,
  type RefuseRequest,
  type RefuseResponse,
  type WaitRequest,
  type WaitResponse,
} from "../../gen/interop/v1/interop_pb.ts";
import { refusalMessage } from "./foreign-server.ts";

/** interop.v1.InteropService as grpc-js has services. */
export function grpcJsService(): UntypedServiceImplementation {
  let [begun, givenUp] = [0, 0];
  return {
    echo(call: ServerUnaryCall<EchoRequest, EchoResponse>, answer: sendUnaryData<EchoResponse>) {
      const { payload } = call.request;
      const echoed = new Metadata();
      for (const name of ["x-echo", "x-echo-bin"]) for (const value of call.metadata.get(name)) echoed.add(name, value);
      call.sendMetadata(echoed);
      const deadline = Number(call.getDeadline());
      const remainingMs = Number.isFinite(deadline) ? deadline - Date.now() : 0;
      answer(null, create(EchoResponseSchema, { payload, remainingMs, peer: call.getPeer() }), echoed);
    },
    refuse({ request }: ServerUnaryCall<RefuseRequest, RefuseResponse>, answer: sendUnaryData<RefuseResponse>) {
      const metadata = request.detailed ? details() : new Metadata();
      answer({ code: status.NOT_FOUND, details: refusalMessage, metadata });
    },
    wait(call: ServerUnaryCall<WaitRequest, WaitResponse>, answer: sendUnaryData<WaitResponse>) {
      begun++;
      const timer = setTimeout(() => answer(null, create(WaitResponseSchema)), call.request.waitMs);
      call.on("cancelled", () => {
        givenUp++;
        clearTimeout(timer);
      });
    },
    countWaits(_: ServerUnaryCall<CountWaitsRequest, CountWaitsResponse>, answer: sendUnaryData<CountWaitsResponse>) {
      answer(null, create(CountWaitsResponseSchema, { begun, givenUp }));
    },
    async list(call: ServerWritableStream<ListRequest, ListResponse>) {
      const { count, fails } = call.request;
      for (let number = 0; number < count && !call.cancelled; number++) {
        if (!call.write(create(ListResponseSchema, { number }))) await once(call, "drain");
      }
      if (fails) call.emit("error", { code: status.DATA_LOSS, details: refusalMessage });
      else call.end();
    },
    collect(call: ServerReadableStream<CollectRequest, CollectResponse>, answer: sendUnaryData<CollectResponse>) {
      const response = create(CollectResponseSchema);
      call.on("data", ({ payload }: CollectRequest) => {
        response.messages++;
        response.bytes += payload.length;
      });
      call.on("end", () => answer(null, response));
    },
    chat(call: ServerDuplexStream<ChatRequest, ChatResponse>) {
      call.on("data", ({ number }: ChatRequest) => call.write(create(ChatResponseSchema, { number })));
      call.on("end", () => call.end());
    },
  };
}

function details(): Metadata {
  const info = create(ErrorInfoSchema, { reason: "NOTHING_HERE", domain: "interop" });
  const message = { code: status.NOT_FOUND, message: refusalMessage, details: [anyPack(ErrorInfoSchema, info)] };
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(toBinary(StatusSchema, create(StatusSchema, message))));
  return metadata;
}
