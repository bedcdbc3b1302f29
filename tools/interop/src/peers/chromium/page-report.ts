import { z } from "zod";
import { account } from "../account.ts";
import { refusal } from "../refusal.ts";

/** What the page saw by one of connect-web's transports. */
export const pageReport = account.extend({
  /** The transport, as in `gRPC-Web`. */
  transport: z.string(),
  /** How `grpc.health.v1.Health/Watch` ended when it was left after its first message. */
  left: refusal,
  /** The statuses that it had brought by then. */
  watched: z.array(z.number()),
  /** The verb and path of each request. */
  asked: z.array(z.string()),
  /** What each answer came over, by the name that ALPN has for it: `h2`. */
  versions: z.array(z.string()),
});

export type PageReport = z.infer<typeof pageReport>;
