import { describe, expect, it } from "vitest";
import { raftSource } from "./raft-source.ts";

const stream = "GET /raft/stream/message/6cfb277961de0377 HTTP/1.1\r\nHost: a\r\nX-Server-From: 6CFB277961DE0377\r\nX";

describe("raftSource", () => {
  it("is the member that a raft request names", () => {
    expect(raftSource(Buffer.from(stream))).toBe("6cfb277961de0377");
  });

  it("is not known before the header is whole, nor for a probe", () => {
    expect(raftSource(Buffer.from(stream.slice(0, -8)))).toBeUndefined();
    expect(raftSource(Buffer.from("GET /raft/probing HTTP/1.1\r\nHost: a\r\n\r\n"))).toBeUndefined();
  });
});
