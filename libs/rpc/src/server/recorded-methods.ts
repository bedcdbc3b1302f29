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

/** How a method is implemented: what a router keeps to itself. */
export interface RecordedMethod<Spec extends MethodImplSpec = MethodImplSpec> {
  readonly spec: Spec;
  readonly options: UniversalHandlerOptions;
  readonly serialization: MethodSerializationLookup<DescMessage, DescMessage>;
  /** Which of the protocols it is served by. */
  readonly protocols: { readonly grpc: boolean; readonly connect: boolean };
}

type UnarySpec = Extract<MethodImplSpec, { readonly kind: "unary" }>;

export type UnaryMethod = RecordedMethod<UnarySpec>;
export type StreamMethod = RecordedMethod<Exclude<MethodImplSpec, UnarySpec>>;

export function isUnary(method: UnaryMethod | StreamMethod): method is UnaryMethod {
  return method.spec.kind === "unary";
}

/** A router of Connect, and how the methods that were added to it are implemented, by their paths. */
export interface RecordingRouter {
  readonly router: ConnectRouter;
  readonly methods: ReadonlyMap<string, UnaryMethod | StreamMethod>;
}

/** A router of Connect that writes down what it is given. */
export function createRecordingRouter(base: ConnectRouterOptions): RecordingRouter {
  const recorded = createConnectRouter(base);
  const methods = new Map<string, UnaryMethod | StreamMethod>();
  const record = (spec: MethodImplSpec, given: ConnectRouterOptions | undefined): void => {
    const path = createMethodUrl("/", spec.method);
    methods.delete(path);
    // A gate, and a signal for the shutdown, are for Connect's own handlers to heed.
    const options = validateUniversalHandlerOptions({ ...base, ...given });
    if (options.requestGate !== undefined || options.shutdownSignal !== undefined) return;
    const protocols = {
      grpc: given?.grpc !== false,
      connect: given?.connect !== false && !options.requireConnectProtocolHeader,
    };
    const { binaryOptions, jsonOptions } = options;
    const serialization = createMethodSerializationLookup(spec.method, binaryOptions, jsonOptions, options);
    const common = { options, serialization, protocols };
    methods.set(path, spec.kind === "unary" ? { spec, ...common } : { spec, ...common });
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
  return { router, methods };
}
