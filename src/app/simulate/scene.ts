import type { Client } from "./client.ts";
import type { Figures, WorldFace } from "./figures.ts";
import { Refusal } from "./client.ts";
import type { Dice } from "./game/dice.ts";
import { Line, type LineOptions } from "./line.ts";
import { pause, untilAborted } from "./pause.ts";
import type { Bearer, Tokens } from "./tokens.ts";
import type { Traffic } from "./traffic.ts";

/** How long somebody who was refused waits before the next try, at least, in ms. */
const AGAIN_MS = 2_000;
/** How often somebody tries to take away what is left. */
const TRIES = 4;

/** What the people of one face share. */
export interface Scene {
  readonly face: WorldFace;
  readonly client: Client;
  readonly tokens: Tokens;
  readonly traffic: Traffic;
  readonly figures: Figures;
  readonly dice: Dice;
  /** Tells this run from all others, in names that must not be taken. */
  readonly run: string;
  /** How many live here. */
  readonly size: number;
  /** How much they do in a second. */
  readonly perSecond: number;
  /** All is to end. */
  readonly signal: AbortSignal;
}

/** The people of one face. */
export interface Crowd {
  /** Lives until all is to end, and not a moment less; takes away then what it brought. */
  live(): Promise<void>;
  /** Somebody does something; resolves when that is over. @throws what went wrong */
  act(): Promise<Outcome>;
  /** What there is right now, in words that stand behind a number; last what says the most. */
  now(): Readonly<Record<string, number>>;
  /** Takes away what is left when everybody has gone. */
  clear?(): Promise<void>;
}

export type Outcome = "done" | "unlucky";

/** The middle length of what people do, in ms: so that six in ten places are taken, within what is believable. */
export function meanStay(places: number, perSecond: number): number {
  const seconds = perSecond > 0 ? (0.6 * places) / perSecond : Infinity;
  return Math.min(300, Math.max(2, seconds)) * 1_000;
}

/** Nobody can live here, and trying again would change nothing. The message says why. */
export class Unlivable extends Error {}

/** Goes on with lives, one after another, until all is to end; one that fails is noted and begun anew. */
export async function liveOn({ signal, figures, traffic }: Scene, life: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await life();
    } catch (error) {
      // What is cut off by the end is nobody's fault.
      if (!signal.aborted) figures.note(error);
      if (error instanceof Unlivable) return untilAborted(signal);
      await pause(AGAIN_MS + traffic.calmMs, signal);
    }
  }
}

/** What may already be gone need not be taken away; what cannot be is counted. */
export async function takeAway(scene: Scene, request: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await request();
      return;
    } catch (error) {
      const status = error instanceof Refusal ? error.status : null;
      if (status !== null && [400, 404, 409].includes(status)) return;
      // The answer to the try before was lost, and whoever asks is forgotten.
      if (status === 401 && tries > 1) return;
      if (!(error instanceof Refusal) || !error.isTransient || tries === TRIES) {
        scene.figures.left++;
        return scene.figures.note(error);
      }
      await pause(Math.max(AGAIN_MS, error.retryAfterMs));
    }
  }
}

/** A socket of somebody's. */
export function openLine(
  { client, traffic }: Scene,
  bearer: Bearer,
  options: Omit<LineOptions, "url" | "bearer" | "traffic">,
): Line {
  return new Line({ url: client.url, bearer, traffic, ...options });
}
