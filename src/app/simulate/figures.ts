import type { FaceName } from "../face-names.ts";

/** The faces that the world lives on; rooms are where players of the pool meet their hosts. */
export const worldFaces = [
  "host-pool",
  "coordinator",
  "devices",
  "arena",
  "video-chat",
] as const satisfies readonly FaceName[];
export type WorldFace = (typeof worldFaces)[number];

/** What has come of all that was begun on one face. */
export interface FaceFigures {
  begun: number;
  /** Went as it was meant to. */
  done: number;
  /** Found no host, no partner, no place: as it happens to people. */
  unlucky: number;
  /** Went wrong. */
  failed: number;
}

/** How many reasons are kept, so that a long run does not fill the memory. */
const MAX_REASONS = 20;

/** What goes on in the world, and what went wrong. */
export class Figures {
  readonly faces: Readonly<Record<WorldFace, FaceFigures>>;
  /** What could not be taken away. */
  left = 0;
  /** Told of each reason when it comes up first. */
  heard: (reason: string) => void = () => undefined;
  readonly #reasons = new Map<string, number>();

  constructor() {
    const none = (): FaceFigures => ({ begun: 0, done: 0, unlucky: 0, failed: 0 });
    this.faces = Object.fromEntries(worldFaces.map((face) => [face, none()])) as Record<WorldFace, FaceFigures>;
  }

  get begun(): number {
    return Object.values(this.faces).reduce((sum, { begun }) => sum + begun, 0);
  }

  get failed(): number {
    return Object.values(this.faces).reduce((sum, { failed }) => sum + failed, 0);
  }

  /** Notes why something went wrong; the same reason counts once more. */
  note(error: unknown): void {
    const reason = generally(error instanceof Error ? error.message : String(error));
    const isNew = !this.#reasons.has(reason);
    if (isNew && this.#reasons.size < MAX_REASONS) this.heard(reason);
    if (!isNew || this.#reasons.size < MAX_REASONS) {
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    }
  }

  /** Each reason with how often, the most frequent first. */
  reasons(): readonly (readonly [string, number])[] {
    return [...this.#reasons].sort(([, a], [, b]) => b - a);
  }
}

/** Ids differ each time; what went wrong is the same. */
function generally(reason: string): string {
  return reason
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…")
    .replaceAll(/(?:session|room|host|player|sim)-[\w.-]+/g, "…")
    .split(" ")
    .map((word) => (/@|%40/.test(word) ? "…" : word))
    .join(" ");
}
