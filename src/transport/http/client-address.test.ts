import { describe, expect, test } from "bun:test";
import { noProxies, readAddressBlock, trustProxies } from "./client-address.ts";
import { readForwarded } from "./forwarded.ts";
import { clientKey, isLoopbackAddress, readAddress } from "./ip-address.ts";

const proxies = trustProxies(["10.0.0.0/8", "192.0.2.7", "fd00::/8"].map((text) => readAddressBlock(text)!));
const asked = (headers: Record<string, string>, url = "http://inner:8080/api/x?a=b") => new Request(url, { headers });
const client = (headers: Record<string, string>, peer = "10.0.0.1") => proxies.addressOf(asked(headers), peer);
const url = (headers: Record<string, string>, peer = "10.0.0.1") => proxies.urlOf(asked(headers), peer).href;

describe("the client's address", () => {
  test("is the other end of the connection, whatever strangers say", () => {
    const headers = { "x-forwarded-for": "1.2.3.4", forwarded: "for=1.2.3.4" };
    expect(client(headers, "203.0.113.9")).toBe("203.0.113.9");
    expect(noProxies.addressOf(asked(headers), "10.0.0.1")).toBe("10.0.0.1");
    expect(trustProxies([])).toBe(noProxies);
  });

  test("behind a trusted proxy is what that proxy says", () => {
    expect(client({ "x-forwarded-for": "198.51.100.4" })).toBe("198.51.100.4");
    expect(client({ "x-forwarded-for": "198.51.100.4" }, "192.0.2.7")).toBe("198.51.100.4");
    expect(client({ "x-forwarded-for": "2001:db8::1" }, "fd12::1")).toBe("2001:db8:0:0:0:0:0:1");
    expect(client({ forwarded: 'for="[2001:db8::1]:4711";proto=https' })).toBe("2001:db8:0:0:0:0:0:1");
    expect(client({})).toBe("10.0.0.1");
  });

  test("is the rightmost that is no proxy of ours: what stands left of it may be made up", () => {
    expect(client({ "x-forwarded-for": "6.6.6.6, 198.51.100.4" })).toBe("198.51.100.4");
    expect(client({ "x-forwarded-for": "6.6.6.6, 198.51.100.4, 10.1.1.1 ,192.0.2.7" })).toBe("198.51.100.4");
    expect(client({ "x-forwarded-for": "10.9.9.9, 198.51.100.4, 10.1.1.1" })).toBe("198.51.100.4");
    expect(client({ forwarded: "for=6.6.6.6, for=198.51.100.4, for=10.1.1.1" })).toBe("198.51.100.4");
    expect(client({ "x-forwarded-for": "10.2.2.2, 10.1.1.1" })).toBe("10.2.2.2");
  });

  test("what is no address ends the way at the last one that was known", () => {
    expect(client({ "x-forwarded-for": "198.51.100.4, unknown" })).toBe("10.0.0.1");
    expect(client({ "x-forwarded-for": "198.51.100.4, nonsense, 10.1.1.1" })).toBe("10.1.1.1");
    expect(client({ forwarded: "for=198.51.100.4, for=_hidden" })).toBe("10.0.0.1");
    expect(client({ forwarded: 'for="198.51.100.4' })).toBe("10.0.0.1");
    expect(client({ "x-forwarded-for": "" })).toBe("10.0.0.1");
  });

  test("two headers that differ are not believed, for a proxy sets one and lets the client's other through", () => {
    expect(client({ "x-forwarded-for": "198.51.100.4", forwarded: "for=6.6.6.6" })).toBe("10.0.0.1");
    expect(client({ "x-forwarded-for": "198.51.100.4", forwarded: "for=198.51.100.4" })).toBe("198.51.100.4");
  });

  test("ports are left off, and IPv4 in IPv6 clothes is IPv4", () => {
    expect(client({ "x-forwarded-for": "198.51.100.4:5678" })).toBe("198.51.100.4");
    expect(client({ "x-forwarded-for": "::ffff:198.51.100.4" })).toBe("198.51.100.4");
    expect(client({ "x-forwarded-for": "::ffff:c633:6404" })).toBe("198.51.100.4");
    expect(client({ "x-forwarded-for": "6.6.6.6, ::ffff:10.1.1.1" })).toBe("6.6.6.6");
  });
});

describe("the URL as the client wrote it", () => {
  test("is the request's own where nobody trusted says otherwise", () => {
    expect(url({ "x-forwarded-proto": "https", "x-forwarded-host": "evil.example" }, "203.0.113.9")).toBe(
      "http://inner:8080/api/x?a=b",
    );
    expect(url({})).toBe("http://inner:8080/api/x?a=b");
  });

  test("takes scheme and host from trusted proxies, and the port only from that host", () => {
    expect(url({ "x-forwarded-proto": "https", "x-forwarded-host": "play.example.org" })).toBe(
      "https://play.example.org/api/x?a=b",
    );
    expect(url({ "x-forwarded-proto": "https, http" })).toBe("https://inner:8080/api/x?a=b");
    expect(url({ forwarded: 'for=1.2.3.4;proto=https;host="play.example.org:444", for=10.1.1.1' })).toBe(
      "https://play.example.org:444/api/x?a=b",
    );
  });

  test("is not led astray by nonsense", () => {
    for (const host of ["evil.example/x", "a b", "user@evil", "", "a:99999"]) {
      expect(url({ "x-forwarded-host": host })).toBe("http://inner:8080/api/x?a=b");
    }
    expect(url({ "x-forwarded-proto": "javascript" })).toBe("http://inner:8080/api/x?a=b");
  });
});

describe("a Forwarded header", () => {
  test("is read as RFC 7239 shows it", () => {
    expect(readForwarded('for="_gazonk"')).toEqual([{ for: "_gazonk" }]);
    expect(readForwarded('For="[2001:db8:cafe::17]:4711"')).toEqual([{ for: "[2001:db8:cafe::17]:4711" }]);
    expect(readForwarded("for=192.0.2.60;proto=http;by=203.0.113.43")).toEqual([
      { for: "192.0.2.60", proto: "http", by: "203.0.113.43" } as object,
    ]);
    expect(readForwarded("for=192.0.2.43, for=198.51.100.17")).toEqual([
      { for: "192.0.2.43" },
      { for: "198.51.100.17" },
    ]);
  });

  test("a comma or a quote within quotes separates nothing", () => {
    expect(readForwarded(String.raw`for="a, for=6.6.6.6", host="x\"y"`)).toEqual([
      { for: "a, for=6.6.6.6" },
      { host: 'x"y' },
    ]);
  });

  test("half of one is none", () => {
    for (const header of ['for="1.2.3.4', "for", "=1", "for=1.2.3.4 for=2.3.4.5", 'for="a"b']) {
      expect(readForwarded(header)).toBeNull();
    }
  });

  test("takes no long time over a long one", () => {
    const began = performance.now();
    readForwarded(`for="${"\\".repeat(15_000)}`);
    readForwarded(`${"for=1.2.3.4,".repeat(1_200)}"`);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe("addresses", () => {
  test("blocks are read with and without a length", () => {
    expect(readAddressBlock("10.0.0.0/8")).toEqual({ address: "10.0.0.0", bits: 8 });
    expect(readAddressBlock("::1")).toEqual({ address: "::1", bits: 128 });
    for (const text of ["10.0.0.0/33", "fd00::/129", "example.org", "10.0.0/8", "", "10.0.0.0/", "1.2.3.4/-1"]) {
      expect(readAddressBlock(text)).toBeNull();
    }
  });

  test("have one spelling", () => {
    for (const text of ["2001:DB8::1", "[2001:db8::1]", "[2001:0db8:0:0:0:0:0:0001]:80", "2001:db8::1%eth0"]) {
      expect(readAddress(text)).toBe("2001:db8:0:0:0:0:0:1");
    }
    expect(readAddress("::")).toBe("0:0:0:0:0:0:0:0");
    for (const text of ["", "localhost", "1.2.3", "1.2.3.4.5", "[::1", "::1]", "1.2.3.4:x"]) {
      expect(readAddress(text)).toBeNull();
    }
  });

  test("an IPv6 client counts as its /64, an IPv4 client as itself", () => {
    expect(clientKey("2001:db8:1:2:aaaa::1")).toBe(clientKey("2001:db8:1:2:bbbb:cccc:dddd:2"));
    expect(clientKey("2001:db8:1:2::1")).not.toBe(clientKey("2001:db8:1:3::1"));
    expect(clientKey("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
    expect(clientKey("1.2.3.4")).toBe("1.2.3.4");
  });

  test("loopback is all of 127 and ::1, and nothing that looks like it", () => {
    for (const address of ["127.0.0.1", "127.9.9.9", "::1"]) expect(isLoopbackAddress(address)).toBe(true);
    for (const address of ["128.0.0.1", "10.127.0.1", "::2", "::1:1"]) expect(isLoopbackAddress(address)).toBe(false);
  });
});
