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

/** The part of a host that its lease carries. */
export interface Carried extends Pick<Host, "publicIp" | "info" | "beatAt" | "foreign"> {
  /** Undefined and not null where nobody was asked: then nothing is written of it, as every beat would carry it for nothing. */
  readonly subject: string | undefined;
}

/** Fields of an `info` that is kept as it came. */
const MOST_FIELDS = 4;

/**
 * What is to be kept in the lease. As it is, which spares the writing and the reading, where that takes about as much memory
 * as its text; a stranger could write what takes many times as much: what nests, has names that no other has, or numbers
 * for names, for which the runtime keeps a list as long as the highest of them.
 */
export function carry(carried: Carried): LeaseValue {
  return isFlat(carried.info) ? carried : JSON.stringify(carried);
}

/** True of what, as it came, takes about as much memory as its text; see {@link carry}. */
export function isFlat(info: unknown): boolean {
  if (typeof info !== "object") return true;
  let fields = 0;
  for (const name in info) {
    const value = (info as Readonly<Record<string, unknown>>)[name];
    if ((typeof value === "object" && value !== null) || ++fields > MOST_FIELDS || startsWithDigit(name)) return false;
  }
  return true;
}

/** Whether a name begins with one, as all do that could be an index. */
function startsWithDigit(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39;
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
