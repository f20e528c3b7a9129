import { hostOf, type Host } from "../../../core/presence/host.ts";
import type { HostPool } from "../../../core/presence/host-pool.ts";
import type { LeasePages } from "../../../ports/lease-pages.ts";
import { leadsNowhere } from "../cursor.ts";
import { BITE, inPath, plain, sift, type Bite, type Source } from "../source.ts";
import type { Item } from "../wire.ts";

const FACE = "host-pool";

export interface PoolHostsDeps {
  readonly pool: HostPool;
  readonly pages: LeasePages;
  isInMaintenance(id: string): boolean;
  /** On all nodes. */
  setMaintenance(id: string, on: boolean): Promise<void>;
}

/** Hosts that can be found and played on. */
export function poolHosts({ pool, pages, isInMaintenance, setMaintenance }: PoolHostsDeps): Source {
  const show = (host: Host): Item => itemOf(host, isInMaintenance(host.id));
  /** A page of the pool may be longer than a page of ours, and is in no order: where in it we are is said by an id. */
  const bite = async (from: string | null): Promise<Bite> => {
    const { cursor, last } = from === null ? { cursor: null, last: "" } : readPlace(from);
    const { leases, from: began, next } = await pages.page(cursor, BITE);
    const found = leases
      .filter(({ id }) => id > last)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((lease) => ({ item: show(hostOf(lease)), after: `${began}/${lease.id}` }));
    return { found, next: next === null ? null : `${next}/` };
  };
  const get = async (id: string): Promise<Host | null> =>
    id.startsWith(`${FACE}:`) ? pool.get(id.slice(FACE.length + 1)) : null;
  return {
    kind: "hosts",
    face: FACE,
    states: ["idle", "allocated", "busy", "maintenance"],
    isLocal: false,
    page: (query) => sift(query, bite),
    async find(id) {
      const host = await get(id);
      return host && { item: show(host) };
    },
    async search(text) {
      const ids = [text, await pool.hostIn(text)].filter((one) => one !== null);
      const hosts = await Promise.all([...new Set(ids)].map((id) => pool.get(id)));
      return hosts.filter((host) => host !== null).map(show);
    },
    async act(name, id, on) {
      const host = await get(id);
      if (name !== "maintenance" || host === null) return null;
      await setMaintenance(host.id, on);
      return on ? `${host.id} is not found any more.` : `${host.id} is found again from its next heartbeat on.`;
    },
  };
}

/** Of a page of the pool, the cursor, and the last id that was shown of it. @throws {DomainError} object_not_found */
function readPlace(place: string): { readonly cursor: string; readonly last: string } {
  const [, cursor, last] = /^(\d{1,19})\/(.*)$/s.exec(place) ?? [];
  if (cursor === undefined || last === undefined) throw leadsNowhere();
  return { cursor, last };
}

function itemOf(host: Host, isInMaintenance: boolean): Item {
  const { id, room, region, state, publicIp, beatAt, foreign } = host;
  const shown = `${FACE}:${id}`;
  return {
    ...plain,
    kind: "hosts",
    id: shown,
    label: id,
    state: isInMaintenance ? "maintenance" : state,
    face: FACE,
    region,
    fields: { lease: state, publicIp, beatAt, fromAnotherProgram: foreign },
    links: [{ as: "room", kind: "rooms", id: room }],
    actions: [maintenanceAction(FACE, id, shown, isInMaintenance)],
  };
}

/** How an operator keeps a host from being found, or lets it be found again. */
export function maintenanceAction(face: string, id: string, shown: string, isInMaintenance: boolean) {
  return {
    name: "maintenance",
    label: isInMaintenance ? "Take out of maintenance" : "Put in maintenance",
    question: isInMaintenance
      ? `Let ${id} be found again?`
      : `Put ${id} in maintenance? Nobody is sent to it until it is taken out again; what runs on it goes on.`,
    path: `/admin/hosts/${inPath(face)}/${inPath(id)}/maintenance`,
    body: { on: !isInMaintenance },
    confirm: shown,
  } as const;
}
