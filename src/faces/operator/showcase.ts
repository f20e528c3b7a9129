import type { Journal } from "../../core/journal/journal.ts";
import type { Waits } from "../../core/journal/waits.ts";
import type { Source } from "./source.ts";
import type { HostCount, StateCount } from "./wire.ts";

/** What the stores know of all nodes together; each face tells its part. */
export interface Census {
  readonly hosts?: readonly HostCount[];
  readonly queues?: readonly { readonly name: string; readonly waiting: number; readonly since: number | null }[];
  readonly matches?: readonly StateCount[];
  readonly sessions?: readonly StateCount[];
  readonly live?: number;
  readonly videoChat?: { readonly online: number; readonly talking: number };
}

/** What this node has; that of all nodes is added up. */
export interface Numbers {
  readonly devices: number;
  readonly users: number;
  readonly rooms: number;
  readonly peers: number;
  readonly viewers: number;
}

/** What one queue did on this node. */
export interface QueueNotes {
  readonly waits: Waits;
  /** When the one came that waits longest here, in ms; left out where the store says. */
  readonly oldest?: () => number | null;
}

/** What the faces of this node have to show to operators; each adds its own while it is built. */
export interface Showcase {
  readonly journal: Journal;
  readonly sources: Source[];
  /** By face. */
  readonly censuses: Map<string, () => Promise<Census>>;
  readonly numbers: (() => Partial<Numbers>)[];
  readonly queues: Map<string, QueueNotes>;
}

export function createShowcase(journal: Journal): Showcase {
  return { journal, sources: [], censuses: new Map(), numbers: [], queues: new Map() };
}
