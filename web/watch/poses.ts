/** How a figure holds itself. Angles are in degrees from straight down, forwards is positive; lengths are in units. */
export interface Pose {
  /** Of the whole body, forwards. */
  readonly lean: number;
  /** Near leg, far leg. */
  readonly legs: readonly [number, number];
  /** Near arm, far arm. */
  readonly arms: readonly [number, number];
  /** How high the hips are. */
  readonly hips: number;
  /** How much further than usual the near arm or leg reaches. */
  readonly reach?: { readonly limb: "arm" | "leg"; readonly by: number };
}

const standing: Pose = { lean: 4, legs: [12, -12], arms: [28, -18], hips: 5 };

/** What the numbers of actions mean, roughly: up to and including the first entry. */
const poses: readonly (readonly [upTo: number, pose: (frame: number) => Pose])[] = [
  [11, () => ({ ...standing, legs: [40, -40], arms: [120, -120] })],
  [14, (frame) => ({ ...standing, hips: 5 + 0.25 * Math.sin(frame / 9) })],
  [17, (frame) => stride(frame, 24, 0.16, 6)],
  [19, () => ({ ...standing, lean: -8 })],
  [20, (frame) => stride(frame, 42, 0.3, 22)],
  [23, (frame) => stride(frame, 50, 0.34, 26)],
  [24, () => crouch],
  [28, () => ({ lean: 8, legs: [38, -16], arms: [130, -70], hips: 5.6 })],
  [38, (frame) => ({ lean: 2, legs: [22, -26], arms: [105 + 14 * Math.sin(frame / 4), -95], hips: 5.4 })],
  [43, () => crouch],
  [50, (frame) => punch(frame, 85, 3)],
  [55, (frame) => punch(frame, 92, 5)],
  [56, (frame) => punch(frame, 165, 4)],
  [57, (frame) => kick(frame, 74, 5)],
  [62, (frame) => punch(frame, 95, 7)],
  [63, (frame) => punch(frame, 178, 6)],
  [64, (frame) => kick(frame, 80, 6)],
  [65, () => ({ lean: 12, legs: [70, -60], arms: [95, -95], hips: 6 })],
  [66, () => ({ ...kickInAir, legs: [86, -20], reach: { limb: "leg", by: 3 } })],
  [67, () => ({ ...kickInAir, legs: [-95, 20], lean: 25, reach: { limb: "leg", by: 3 } })],
  [68, () => ({ ...kickInAir, legs: [165, -10], lean: -30, reach: { limb: "leg", by: 2 } })],
  [69, () => ({ ...kickInAir, legs: [4, -6], reach: { limb: "leg", by: 3 } })],
  [74, () => crouch],
  [86, () => ({ lean: -28, legs: [34, 8], arms: [70, 40], hips: 5 })],
  [91, (frame) => ({ lean: -60 - 16 * frame, legs: [50, 10], arms: [110, 60], hips: 6 })],
  [177, () => standing],
  [182, () => ({ lean: 10, legs: [26, -26], arms: [62, 40], hips: 4.2 })],
  [185, () => ({ lean: -86, legs: [8, -4], arms: [30, -20], hips: 1.6 })],
  [198, () => ({ lean: -40, legs: [60, 20], arms: [20, -40], hips: 3 })],
  [204, () => crouch],
  [211, (frame) => ({ lean: 8 * Math.sin(frame / 8), legs: [16, -16], arms: [8, -8], hips: 4.8 })],
  [222, (frame) => punch(frame, 84, 2)],
  [232, () => ({ lean: -14, legs: [14, -4], arms: [100, 90], hips: 5 })],
  [234, (frame) => ({ lean: 24 * frame, legs: [80, 60], arms: [60, 50], hips: 3.4 })],
  [236, () => ({ lean: -24, legs: [30, -6], arms: [-30, -50], hips: 4.6 })],
  [251, () => standing],
  [263, () => ({ lean: 6, legs: [10, -14], arms: [172, 160], hips: 5 })],
  [340, () => standing],
];

const crouch: Pose = { lean: 18, legs: [48, -44], arms: [34, -28], hips: 3.4 };
const kickInAir: Pose = { lean: -6, legs: [0, 0], arms: [60, -80], hips: 6 };

function stride(frame: number, swing: number, speed: number, lean: number): Pose {
  const step = Math.sin(frame * speed);
  return {
    lean,
    legs: [swing * step, -swing * step],
    arms: [-swing * 0.9 * step + 10, swing * 0.9 * step + 10],
    hips: 4.9 + 0.35 * Math.abs(step),
  };
}

/** Draws back, strikes, and comes back. */
function blow(frame: number): number {
  return frame < 4 ? -0.35 : Math.max(0, 1 - Math.max(0, frame - 10) / 22);
}

function punch(frame: number, angle: number, reach: number): Pose {
  const force = blow(frame);
  return {
    lean: 16 * force,
    legs: [26, -30],
    arms: [force < 0 ? -50 : angle * Math.min(1, 0.4 + force), -40],
    hips: 4.6,
    reach: { limb: "arm", by: reach * Math.max(0, force) },
  };
}

function kick(frame: number, angle: number, reach: number): Pose {
  const force = blow(frame);
  return {
    lean: -16 * force,
    legs: [force < 0 ? -30 : angle * Math.min(1, 0.4 + force), -10],
    arms: [20, -50],
    hips: 4.6,
    reach: { limb: "leg", by: reach * Math.max(0, force) },
  };
}

/** Moves that each fighter has for itself all look alike: a leap. */
function special(frame: number): Pose {
  return { lean: 10, legs: [10, -16], arms: [160, 140 + 10 * Math.sin(frame / 3)], hips: 6 };
}

export function poseOf(action: number, frame: number): Pose {
  const found = poses.find(([upTo]) => action <= upTo);
  return found === undefined ? special(frame) : found[1](frame);
}

/** Is beyond the edge of the world. */
export function isLost(action: number): boolean {
  return action <= 11;
}

export function isShielding(action: number): boolean {
  return action >= 178 && action <= 182;
}

/** Stands on the platform that carries fighters back. */
export function isReborn(action: number): boolean {
  return action === 12 || action === 13;
}
