import { BlockList, isIPv6 } from "node:net";

const ranges: readonly [network: string, prefix: number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
];

const list = new BlockList();
for (const [network, prefix] of ranges) list.addSubnet(network, prefix, isIPv6(network) ? "ipv6" : "ipv4");

/** True for addresses that the public internet does not route (the IANA special-purpose registries). */
export function isPrivate(address: string): boolean {
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
