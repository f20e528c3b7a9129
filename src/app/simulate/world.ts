import { untilNext, weighted } from "./chance.ts";
import type { Client } from "./client.ts";
import { arenaCrowd } from "./crowds/arena.ts";
import { coordinatorCrowd } from "./crowds/coordinator.ts";
import { devicesCrowd } from "./crowds/devices.ts";
import { poolCrowd } from "./crowds/pool.ts";
import { videoChatCrowd } from "./crowds/video-chat.ts";
import { worldFaces, type Figures, type WorldFace } from "./figures.ts";
import { Dice } from "./game/dice.ts";
import { pause } from "./pause.ts";
import { liveOn, type Crowd, type Scene } from "./scene.ts";
import type { Tokens } from "./tokens.ts";
import { Traffic } from "./traffic.ts";

export interface WorldOptions {
  readonly client: Client;
  readonly tokens: Tokens;
  readonly traffic: Traffic;
  readonly figures: Figures;
  readonly faces: readonly WorldFace[];
  /** The server has rooms, where players of the pool meet their hosts. */
  readonly hasRooms: boolean;
  /** How much is begun in a second, over all faces. */
  readonly rate: number;
  /** How many hosts, people and strangers there are, more or less. */
  readonly size: number;
  readonly seed: string;
  readonly signal: AbortSignal;
}

/** Of all that is done, how much on each face; and of all that live, how many. */
const SHARES: Readonly<Record<WorldFace, { readonly acts: number; readonly lives: number }>> = {
  "host-pool": { acts: 0.35, lives: 0.4 },
  coordinator: { acts: 0.2, lives: 0.1 },
  devices: { acts: 0.15, lives: 0.25 },
  arena: { acts: 0.05, lives: 0.05 },
  "video-chat": { acts: 0.25, lives: 0.2 },
};

/** What people do unless told otherwise: how much in a second, and how many there are. */
const [RATE, SIZE] = [1, 60];

/** How much and how many these faces have of it all where nothing else is asked for. */
export function usual(faces: readonly WorldFace[]): { readonly rate: number; readonly size: number } {
  const sum = (what: "acts" | "lives"): number => faces.reduce((all, face) => all + SHARES[face][what], 0);
  return { rate: RATE * sum("acts"), size: SIZE * sum("lives") };
}

/** How long hosts have to come before anybody looks for them, in ms. */
const SETTLING_MS = 2_000;

/** How long whoever leaves has for what is left to do, in ms: a budget of calls comes back within a minute. */
const LEAVING_MS = 70_000;

export interface World {
  /** What there is right now on each face. */
  now(): Readonly<Partial<Record<WorldFace, Readonly<Record<string, number>>>>>;
  /** Resolves when all is over and taken away. False: something may be left, because it could not be, or took too long. */
  readonly over: Promise<boolean>;
}

/** Lets people live on these faces until the signal says that all is to end. */
export function startWorld(options: WorldOptions): World {
  const { faces, rate, size, seed, signal, figures } = options;
  const acting = faces.reduce((sum, face) => sum + SHARES[face].acts, 0);
  const living = faces.reduce((sum, face) => sum + SHARES[face].lives, 0);
  // Names must not be taken from the run before, whose accounts may still be there.
  const run = crypto.randomUUID().slice(0, 6);
  const inhabited = worldFaces
    .filter((face) => faces.includes(face))
    .map((face) => {
      const share = SHARES[face].acts / acting;
      // What is too much for one face does not silence the others.
      const traffic = new Traffic(options.traffic);
      const scene: Scene = {
        ...options,
        traffic,
        client: options.client.counting(traffic),
        face,
        run,
        dice: new Dice(`${seed} ${face}`),
        size: Math.max(1, Math.round((size * SHARES[face].lives) / living)),
        perSecond: rate * share,
      };
      return { face, scene, share, crowd: crowdOf(scene, options.hasRooms) };
    });
  const lives = inhabited.map(({ scene, crowd }) => liveOn(scene, () => crowd.live()));

  const acts = new Set<Promise<void>>();
  const begin = ({ face, crowd }: { readonly face: WorldFace; readonly crowd: Crowd }): void => {
    const counts = figures.faces[face];
    counts.begun++;
    const act = crowd.act().then(
      (outcome) => void counts[outcome]++,
      (error: unknown) => {
        if (signal.aborted) return;
        counts.failed++;
        figures.note(error);
      },
    );
    acts.add(act);
    void act.finally(() => acts.delete(act));
  };
  const happen = async (): Promise<void> => {
    const dice = new Dice(seed);
    const [first, ...others] = inhabited;
    if (first === undefined) return;
    // Something of everything, as soon as the first hosts are there.
    await pause(SETTLING_MS, signal);
    for (const one of inhabited) if (!signal.aborted) begin(one);
    // What is due is reckoned on, so that late timers do not slow the world down.
    let due = performance.now();
    while (!signal.aborted) {
      due += untilNext(dice, rate);
      while (due > performance.now() && !signal.aborted) await pause(due - performance.now(), signal);
      if (signal.aborted) return;
      const one = weighted(dice, [first, ...others], ({ share }) => share);
      if (one.scene.traffic.calmMs === 0) begin(one);
    }
  };

  const leave = async (): Promise<boolean> => {
    await Promise.all([...lives, ...acts]);
    await Promise.all(inhabited.map(async ({ crowd }) => crowd.clear?.()));
    return figures.left === 0;
  };
  const end = async (): Promise<boolean> => {
    await happen();
    const isGone = new AbortController();
    const tooLong = pause(LEAVING_MS, isGone.signal).then(() => false);
    try {
      return await Promise.race([leave(), tooLong]);
    } finally {
      isGone.abort();
    }
  };
  return {
    now: () => Object.fromEntries(inhabited.map(({ face, crowd }) => [face, crowd.now()])),
    over: end(),
  };
}

function crowdOf(scene: Scene, hasRooms: boolean): Crowd {
  switch (scene.face) {
    case "host-pool":
      return poolCrowd(scene, hasRooms);
    case "coordinator":
      return coordinatorCrowd(scene);
    case "devices":
      return devicesCrowd(scene);
    case "arena":
      return arenaCrowd(scene);
    case "video-chat":
      return videoChatCrowd(scene);
  }
}
