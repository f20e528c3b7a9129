/** What a fighter can be seen doing, by the numbers the game has for it. */
export const action = {
  lostBelow: 0,
  lostLeft: 1,
  lostRight: 2,
  lostAbove: 3,
  rebirth: 12,
  wait: 14,
  walk: 15,
  dash: 20,
  run: 21,
  crouchToJump: 24,
  jump: 25,
  jumpInAir: 27,
  fall: 29,
  fallHelpless: 35,
  landing: 42,
  hurt: 75,
  tumble: 88,
  shieldOn: 178,
  shield: 179,
  shieldHit: 181,
  lyingDown: 183,
  standingUp: 186,
  shieldBroken: 205,
  roll: 233,
  dodge: 235,
  entry: 322,
  recovery: 353,
} as const;

/** An attack. Frames are counted from its first one; distances and speeds are the game's units. */
export interface Attack {
  readonly id: number;
  /** Hits from this frame to that. */
  readonly active: readonly [from: number, to: number];
  readonly length: number;
  /** How far in front of the fighter. */
  readonly reach: number;
  /** How far above and below. */
  readonly height: number;
  readonly damage: number;
  /** Knockback at no damage, and how much it grows with it. */
  readonly base: number;
  readonly growth: number;
  /** Degrees above the horizon. */
  readonly angle: number;
}

type AttackName = "jab" | "tilt" | "low" | "smash" | "upSmash" | "neutralAir" | "forwardAir" | "upAir";

export const attacks: Readonly<Record<AttackName, Attack>> = {
  jab: { id: 44, active: [3, 5], length: 17, reach: 11, height: 9, damage: 6, base: 8, growth: 40, angle: 70 },
  tilt: { id: 53, active: [6, 9], length: 27, reach: 14, height: 9, damage: 13, base: 15, growth: 85, angle: 42 },
  low: { id: 57, active: [6, 8], length: 28, reach: 13, height: 8, damage: 12, base: 30, growth: 90, angle: 80 },
  smash: { id: 60, active: [12, 16], length: 43, reach: 16, height: 10, damage: 21, base: 26, growth: 100, angle: 40 },
  upSmash: { id: 63, active: [8, 13], length: 41, reach: 10, height: 18, damage: 18, base: 30, growth: 103, angle: 84 },
  neutralAir: {
    id: 65,
    active: [4, 14],
    length: 36,
    reach: 10,
    height: 11,
    damage: 14,
    base: 12,
    growth: 95,
    angle: 45,
  },
  forwardAir: {
    id: 66,
    active: [7, 12],
    length: 38,
    reach: 13,
    height: 11,
    damage: 15,
    base: 18,
    growth: 96,
    angle: 38,
  },
  upAir: { id: 68, active: [5, 10], length: 34, reach: 9, height: 17, damage: 14, base: 14, growth: 98, angle: 80 },
};
