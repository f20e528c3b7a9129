import type { Lease, LeaseState } from "../../ports/leases.ts";

/** A machine that offers itself to be found and played on. */
export interface Host {
  readonly id: string;
  /** The signaling room it waits in. */
  readonly room: string;
  readonly region: string;
  readonly state: LeaseState;
  readonly publicIp: string;
  /** What it says of itself; passed on untouched. */
  readonly info: unknown;
  /** Its newest beat, in ms. */
  readonly beatAt: number;
  /** Of two copies of a host, the one with the higher revision is newer. */
  readonly revision: number;
  /** True if another program wrote it into the shared store. */
  readonly foreign: boolean;
}

/** The part of a host that its lease carries as an opaque value. */
export type Carried = Pick<Host, "publicIp" | "info" | "beatAt" | "foreign">;

export function carry({ publicIp, info, beatAt, foreign }: Carried): string {
  return JSON.stringify({ publicIp, info, beatAt, foreign });
}

/** `carried`: what the lease carries, where that need not be read anew. */
export function hostOf(lease: Lease, carried = JSON.parse(lease.value) as Carried): Host {
  return {
    id: lease.id,
    room: lease.alias,
    region: lease.group,
    state: lease.state,
    revision: lease.revision,
    publicIp: carried.publicIp,
    info: carried.info,
    beatAt: carried.beatAt,
    foreign: carried.foreign,
  };
}
