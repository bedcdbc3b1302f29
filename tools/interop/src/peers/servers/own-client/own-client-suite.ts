import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import type { ForeignServerKind } from "../foreign-server.ts";
import { type Caller, openCaller } from "./caller.ts";
import { promiseRetirement } from "./goaway-promises.ts";
import { promiseStreams } from "./stream-promises.ts";
import { promiseUnaryCalls } from "./unary-promises.ts";

/** What our client promises, whoever serves. */
export function describeOwnClient(kind: ForeignServerKind): void {
  describe(`http2Transport with the engine http2, and a server of ${kind.name}`, () => {
    let opened: Caller | undefined;
    let absent: string | undefined;
    beforeAll(async () => {
      const started = await kind.start();
      if ("absent" in started) absent = started.absent;
      else opened = openCaller(kind, started);
    });
    afterAll(async () => opened?.[Symbol.asyncDispose]());
    beforeEach((context) => context.skip(absent !== undefined, absent));

    const open = (): Caller => {
      if (opened === undefined) throw new Error("the server has not started");
      return opened;
    };
    promiseUnaryCalls(kind, open);
    promiseStreams(open);
    promiseRetirement(open);
  });
}
