import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { Asked } from "./asked.ts";

const turnedAway = new ConnectError("too many calls at a time", Code.ResourceExhausted);

describe("a call of a visitor", () => {
  it("is made again when the server has turned it away, counts once, and says so", async () => {
    const asked = new Asked();
    let made = 0;
    const answer = await asked.call("GetUser", async () => {
      made += 1;
      if (made < 3) throw turnedAway;
      return "Ada";
    });
    expect(answer).toBe("Ada");
    expect(asked.ends).toMatchObject([{ method: "GetUser", failure: undefined }]);
    expect([...asked.again]).toEqual([["GetUser: ResourceExhausted", 2]]);
  });

  it("has failed by any other error, which it throws", async () => {
    const asked = new Asked();
    const lost = new ConnectError("gone", Code.Unavailable);
    await expect(asked.call("GetUser", () => Promise.reject(lost))).rejects.toBe(lost);
    expect(asked.ends).toMatchObject([{ failure: { code: "Unavailable", message: "gone" } }]);
    expect(asked.again.size).toBe(0);
  });
});
