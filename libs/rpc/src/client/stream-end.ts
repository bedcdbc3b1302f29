import type { DescMessage } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse } from "@connectrpc/connect";

/**
 * Opens a stream, and tells once how it has ended: when its messages have ended, by what they, or the opening, failed with, and
 * CANCELED when the reader has left, be it by `signal`, which is how Connect's clients do.
 *
 * @param tell gets no error when all went well
 */
export async function tellEnd<I extends DescMessage, O extends DescMessage>(
  open: () => Promise<StreamResponse<I, O>>,
  tell: (error?: unknown) => void,
  signal: AbortSignal | undefined,
): Promise<StreamResponse<I, O>> {
  let isTold = false;
  const end = (error?: unknown): void => {
    signal?.removeEventListener("abort", leave);
    if (!isTold) tell(error);
    isTold = true;
  };
  const leave = (): void => end(ConnectError.from(signal?.reason, Code.Canceled));
  signal?.addEventListener("abort", leave);
  try {
    const response = await open();
    const message = { [Symbol.asyncIterator]: () => told(response.message[Symbol.asyncIterator](), end) };
    return { ...response, message };
  } catch (error) {
    end(error);
    throw error;
  }
}

function told<T>(source: AsyncIterator<T>, end: (error?: unknown) => void): AsyncIterator<T> {
  const pass = (result: IteratorResult<T>): IteratorResult<T> => {
    if (result.done === true) end();
    return result;
  };
  const fail = (error: unknown): never => {
    end(error);
    throw error;
  };
  return {
    next: () => source.next().then(pass, fail),
    async return(value?: unknown) {
      end(new ConnectError("the reader has left", Code.Canceled));
      await source.return?.(value);
      return { done: true, value };
    },
  };
}
