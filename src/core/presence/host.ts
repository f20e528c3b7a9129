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
  /** The subject of the token that its newest beat came with; null where nobody was asked who it is. */
  readonly subject: string | null;
}

/** The part of a host that its lease carries as an opaque value. */
export type Carried = Pick<Host, "publicIp" | "info" | "beatAt" | "foreign" | "subject">;

export function carry({ publicIp, info, beatAt, foreign, subject }: Carried): string {
  // Without a subject nothing is written of it: where nobody is asked, every beat would carry it for nothing.
  return JSON.stringify({ publicIp, info, beatAt, foreign, subject: subject ?? undefined });
}

/** `carried`: what the lease carries, where that need not be read anew. */
export function hostOf(lease: Lease, carried?: Carried): Host {
  return new LeasedHost(lease, carried);
}

/** Reads what the lease carries when somebody asks for it: most who find a host want its room and nothing else. */
class LeasedHost implements Host {
  readonly id: string;
  readonly room: string;
  readonly region: string;
  readonly state: LeaseState;
  readonly revision: number;
  readonly #value: string;
  #carried: Carried | undefined;

  constructor({ id, alias, group, state, revision, value }: Lease, carried: Carried | undefined) {
    this.id = id;
    this.room = alias;
    this.region = group;
    this.state = state;
    this.revision = revision;
    this.#value = value;
    this.#carried = carried;
  }

  get publicIp(): string {
    return this.#read().publicIp;
  }

  get info(): unknown {
    return this.#read().info;
  }

  get beatAt(): number {
    return this.#read().beatAt;
  }

  get foreign(): boolean {
    return this.#read().foreign;
  }

  get subject(): string | null {
    return this.#read().subject ?? null;
  }

  #read(): Carried {
    return (this.#carried ??= JSON.parse(this.#value) as Carried);
  }
}
