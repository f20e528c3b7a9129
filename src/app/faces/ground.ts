import type { Access } from "../../core/access/access.ts";
import type { Entitlements } from "../../core/credentials/entitlements.ts";
import type { Opponents } from "../../core/credentials/opponents.ts";
import type { SessionCompany } from "../../core/credentials/session-company.ts";
import type { Showcase } from "../../faces/operator/showcase.ts";
import type { ClusterLink } from "../cluster.ts";
import type { Config } from "../config/settings.ts";
import type { Engine } from "../engine.ts";
import type { Limits } from "../limits.ts";
import type { RecordKeeper } from "../records.ts";
import type { Auditing } from "./auditing.ts";

/** What the faces are built on. */
export interface Ground {
  readonly config: Config;
  readonly engine: Engine;
  readonly cluster: ClusterLink;
  readonly limits: Limits;
  /** Who has been matched. */
  readonly entitlements: Entitlements;
  /** Whose tokens act in sessions; null where they are not looked at. */
  readonly company: SessionCompany | null;
  /** Whose tokens act in the arena's queue; null where they are not looked at. */
  readonly opponents: Opponents | null;
  /** Who is let in. */
  readonly access: Access;
  /** What operators have done. */
  readonly auditing: Auditing;
  /** What operators are to see. */
  readonly showcase: Showcase;
  /** Who hears that something could not be done: `what`, as a sentence. */
  failed(what: string): (error: unknown) => void;
}

/** The same, for faces that keep records. */
export interface RecordGround extends Ground {
  readonly records: RecordKeeper;
}
