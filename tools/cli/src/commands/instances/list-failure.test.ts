import { EtcdUnreachableError } from "@banyan/registry";
import { ExpectedError } from "@banyan/service";
import { describe, expect, it } from "vitest";
import { listFailure } from "./list-failure.ts";

const endpoints = ["http://a:2379", "http://b:2379"];

describe("listFailure", () => {
  it("names the endpoints that cannot be reached, what to do, and why, in one line", () => {
    const failure = listFailure(new EtcdUnreachableError("no\nconnection"), endpoints);
    expect(failure).toBeInstanceOf(ExpectedError);
    expect(failure.message).toBe(
      "etcd http://a:2379, http://b:2379 cannot be reached: set ETCD_ENDPOINTS, or start the platform with npm start" +
        " (no\\u{a}connection)",
    );
  });

  it("tells a refusal by etcd from that", () => {
    expect(listFailure(new Error("permission denied"), endpoints).message).toMatch(
      /^etcd http:\/\/a:2379, http:\/\/b:2379 refuses to list: set ETCD_USERNAME and .* \(permission denied\)$/,
    );
  });
});
