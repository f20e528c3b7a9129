import type { PlainRequest } from "./serial.ts";

/** Budgets so wide that a measurement never uses one up; each of them is looked at all the same. */
export const WIDE = "heartbeat=address:1000000/1s;find=address:1000000/1s";

/** Hosts for finds: more than are found in a second, after which each is free again. */
export const POOL = 80_000;
export const FREE_AGAIN = { HOST_LEASE_SECONDS: "600", ALLOCATION_SECONDS: "1" };

const JSON_BODY = { "content-type": "application/json" };

/** Beats of a thousand hosts, as a host of the pool sends them. */
export const BEATS: readonly PlainRequest[] = Array.from({ length: 1_000 }, (_, n) => ({
  path: "/api/host/heartbeat",
  body: {
    hostId: `host-${n + 1}`,
    roomId: `room-${n + 1}`,
    region: "eu-west",
    gameInfo: { game: "quake", slots: 4 },
  },
}));

/** Finds in one region, as the web client sends them. */
export const FINDS: readonly PlainRequest[] = [{ path: "/api/match/find", body: { region: "eu-west" } }];

/** Registers that many hosts, each at least once. */
export async function register(url: string, hosts: number): Promise<void> {
  const beat = async (n: number): Promise<void> => {
    const body = JSON.stringify({ hostId: `host-${n}`, roomId: `room-${n}`, region: "eu-west" });
    const { status } = await fetch(`${url}/api/host/heartbeat`, { method: "POST", body, headers: JSON_BODY });
    if (status !== 200) throw new Error(`a host was refused with ${status}`);
  };
  const AT_ONCE = 64;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, lane) => {
      for (let n = lane; n < hosts; n += AT_ONCE) await beat(n);
    }),
  );
}
