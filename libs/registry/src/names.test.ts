import { describe, expect, it } from "vitest";
import { instanceIdOf, instanceKey, isName, newInstanceId, servicePrefix } from "./names.ts";

const longest = "a".repeat(63);

describe("names", () => {
  it.each(["user", "user-admin", "0", "a.b_c-d", longest])("take %j", (name) => {
    expect(isName(name)).toBe(true);
    expect(instanceKey("user", name)).toBe(`/services/user/${name}`);
  });

  it.each(["", "-a", ".a", "User", "a/b", "a b", "a\n", "ü", `${longest}a`])("refuse %j", (name) => {
    expect(isName(name)).toBe(false);
    expect(() => servicePrefix(name)).toThrow(TypeError);
    expect(() => instanceKey("user", name)).toThrow("id of an instance: expected 1 to 63 characters of a-z");
  });

  it("are cut short in the message that refuses them", () => {
    expect(() => servicePrefix("x".repeat(300))).toThrow(`got "${"x".repeat(80)}…"`);
  });
});

describe("servicePrefix", () => {
  it("ends in a slash, so that user is not the beginning of user-admin", () => {
    expect("/services/user-admin/1".startsWith(servicePrefix("user"))).toBe(false);
  });
});

describe("instanceIdOf", () => {
  it.each([
    ["/services/user/instance-1", "instance-1"],
    ["/services/user/10.0.0.7:50051", "10.0.0.7:50051"],
    ["/services/user/", undefined],
    ["/services/user/a/b", undefined],
    ["/services/user/a/", undefined],
    ["/services/user-admin/a", undefined],
  ])("reads %j as %j", (key, id) => {
    expect(instanceIdOf(key, servicePrefix("user"))).toBe(id);
  });
});

describe("newInstanceId", () => {
  it.each([
    ["user-7d9f", 0xdeadbeef, "user-7d9f-deadbeef"],
    ["host", 1, "host-00000001"],
    ["Anna's MacBook.local", 0, "anna-s-macbook.local-00000000"],
    ["--", 0, "host-00000000"],
    ["", 0, "host-00000000"],
    ["x".repeat(253), 0, `${"x".repeat(54)}-00000000`],
  ])("makes a name of host %j", (hostname, random, id) => {
    expect(newInstanceId(hostname, random)).toBe(id);
    expect(isName(id)).toBe(true);
  });
});
