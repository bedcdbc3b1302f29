import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";

/** What becomes of the calls of one method. */
export interface Fault {
  /** As in `Reserve`; undefined for none. */
  method: string | undefined;
  /** Whether the call is made all the same, and only its answer is lost. */
  afterwards: boolean;
}

/** A transport on which the calls that `fault` names fail with UNAVAILABLE, for as long as it names them. */
export function faulty(transport: Transport, fault: Fault): Transport {
  const fail = ({ name }: DescMethod): void => {
    if (name === fault.method) throw new ConnectError("connection reset", Code.Unavailable);
  };
  return {
    async unary(method, ...rest) {
      if (!fault.afterwards) fail(method);
      const response = await transport.unary(method, ...rest);
      fail(method);
      return response;
    },
    stream: (...call) => transport.stream(...call),
  };
}
