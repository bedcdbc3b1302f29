import type { DescMessage } from "@bufbuild/protobuf";
import {
  createConnectRouter,
  createServiceImplSpec,
  createMethodImplSpec,
  type ConnectRouter,
  type ConnectRouterOptions,
  type MethodImplSpec,
} from "@connectrpc/connect";
import {
  createMethodSerializationLookup,
  createMethodUrl,
  validateUniversalHandlerOptions,
  type MethodSerializationLookup,
  type UniversalHandlerOptions,
} from "@connectrpc/connect/protocol";

/** How a unary method is implemented: what a router keeps to itself. */
export interface UnaryMethod {
  readonly spec: Extract<MethodImplSpec, { readonly kind: "unary" }>;
  readonly options: UniversalHandlerOptions;
  readonly serialization: MethodSerializationLookup<DescMessage, DescMessage>;
  /** Which of the protocols it is served by. */
  readonly protocols: { readonly grpc: boolean; readonly connect: boolean };
}

/** A router of Connect, and how the unary methods that were added to it are implemented, by their paths. */
export interface RecordingRouter {
  readonly router: ConnectRouter;
  readonly unary: ReadonlyMap<string, UnaryMethod>;
}

/** A router of Connect that writes down what it is given. */
export function createRecordingRouter(base: ConnectRouterOptions): RecordingRouter {
  const recorded = createConnectRouter(base);
  const unary = new Map<string, UnaryMethod>();
  const record = (spec: MethodImplSpec, given: ConnectRouterOptions | undefined): void => {
    const path = createMethodUrl("/", spec.method);
    unary.delete(path);
    // A gate, and a signal for the shutdown, are for Connect's own handlers to heed.
    const options = validateUniversalHandlerOptions({ ...base, ...given });
    if (spec.kind !== "unary" || options.requestGate !== undefined || options.shutdownSignal !== undefined) return;
    const protocols = {
      grpc: given?.grpc !== false,
      connect: given?.connect !== false && !options.requireConnectProtocolHeader,
    };
    const { binaryOptions, jsonOptions } = options;
    const serialization = createMethodSerializationLookup(spec.method, binaryOptions, jsonOptions, options);
    unary.set(path, { spec, options, serialization, protocols });
  };
  const router: ConnectRouter = {
    handlers: recorded.handlers,
    service(service, implementation, options) {
      recorded.service(service, implementation, options);
      for (const spec of Object.values(createServiceImplSpec(service, implementation).methods)) record(spec, options);
      return this;
    },
    rpc(method, implementation, options) {
      recorded.rpc(method, implementation, options);
      record(createMethodImplSpec(method, implementation), options);
      return this;
    },
  };
  return { router, unary };
}
