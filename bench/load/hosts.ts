/** Budgets so wide that a measurement never uses one up; each of them is looked at all the same. */
export const WIDE = "heartbeat=address:1000000/1s;find=address:1000000/1s";

/** A found host is free again after a second, so that a pool of this many never runs out. */
export const FREE_AGAIN = { HOST_LEASE_SECONDS: "600", ALLOCATION_SECONDS: "1" };
/** Finds are the first to be refused when the server is late; a machine that others use, too, makes it so. */
export const PATIENT = { MAX_DELAY_MS: "1000" };

const JSON_BODY = { "content-type": "application/json" };

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
