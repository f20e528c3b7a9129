import type { Lease, LeaseState, LeaseValue } from "../../ports/leases.ts";

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
  /** The subject of the token that its newest beat came with; null where nobody was asked who it is. */
  readonly subject: string | null;
}

/** The part of a host that its lease carries. Without a subject there is none: JSON says nothing of it. */
export interface Carried extends Pick<Host, "publicIp" | "info" | "beatAt" | "foreign"> {
  readonly subject: string | undefined;
}

/** Fields of an `info` that is kept as it came. */
const MOST_FIELDS = 16;

/**
 * What is to be kept in the lease: as it is, where that takes no more memory than its text. What nests takes many times as
 * much, and a stranger says how deep it nests.
 */
export function carry(carried: Carried): LeaseValue {
  return isFlat(carried.info) ? carried : JSON.stringify(carried);
}

function isFlat(info: unknown): boolean {
  if (typeof info !== "object") return true;
  let fields = 0;
  for (const name in info) {
    const value = (info as Readonly<Record<string, unknown>>)[name];
    if ((typeof value === "object" && value !== null) || ++fields > MOST_FIELDS) return false;
  }
  return true;
}

export function hostOf(lease: Lease): Host {
  return new LeasedHost(lease);
}

/** Reads what the lease carries when somebody asks for it: most who find a host want its room and nothing else. */
class LeasedHost implements Host {
  readonly id: string;
  readonly room: string;
  readonly region: string;
  readonly state: LeaseState;
  readonly revision: number;
  #value: LeaseValue;

  constructor({ id, alias, group, state, revision, value }: Lease) {
    this.id = id;
    this.room = alias;
    this.region = group;
    this.state = state;
    this.revision = revision;
    this.#value = value;
  }

  get publicIp(): string {
    return this.#carried.publicIp;
  }

  get info(): unknown {
    return this.#carried.info;
  }

  get beatAt(): number {
    return this.#carried.beatAt;
  }

  get foreign(): boolean {
    return this.#carried.foreign;
  }

  get subject(): string | null {
    return this.#carried.subject ?? null;
  }

  get #carried(): Carried {
    if (typeof this.#value === "string") this.#value = JSON.parse(this.#value) as Carried;
    return this.#value as Carried;
  }
}
