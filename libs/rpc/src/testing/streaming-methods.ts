import { UserService } from "@banyan/stubs-user";

const { getUser } = UserService.method;

/** Methods of all streaming shapes, with the messages of GetUser: no contract of ours streams so much. */
export const watchUser = {
  ...getUser,
  name: "WatchUser",
  localName: "watchUser",
  methodKind: "server_streaming",
} as const;
export const sumUsers = {
  ...getUser,
  name: "SumUsers",
  localName: "sumUsers",
  methodKind: "client_streaming",
} as const;
export const chatUsers = {
  ...getUser,
  name: "ChatUsers",
  localName: "chatUsers",
  methodKind: "bidi_streaming",
} as const;
