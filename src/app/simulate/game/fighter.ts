import { action, type Attack } from "./moves.ts";
import type { Stage } from "./stages.ts";

const GRAVITY = 0.17;
const FASTEST_FALL = 2.6;
const JUMP = 3.1;
const JUMP_IN_AIR = 2.5;
const RECOVERY = 3.1;
const GROUND_SPEED = { walk: 0.9, dash: 1.8 };
const GROUND_GRIP = 0.12;
const AIR_SPEED = 1.15;
const AIR_GRIP = 0.07;
/** Speed for each unit of knockback, what of it a frame takes away, and frames of hitstun for each unit. */
const [LAUNCH, LAUNCH_DECAY, HITSTUN] = [0.036, 0.051, 0.42];
const TUMBLES_FROM = 80;
export const FULL_SHIELD = 60;
const [SHIELD_LOSS, SHIELD_GAIN] = [0.28, 0.07];
const [LOST_FRAMES, REBIRTH_FRAMES, SPARED_FRAMES] = [50, 60, 90];
const REBIRTH_HEIGHT = 62;
const JUMPS_IN_AIR = 1;

/** What a fighter wants to do in this frame. */
export interface Intent {
  /** -1, 0 or 1. */
  readonly direction: number;
  readonly wish: "none" | "dash" | "jump" | "shield" | "dodge" | "recover" | Attack;
}

/** What is to be seen of a fighter in one frame. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly actionStateId: number;
  readonly actionFrame: number;
  readonly facing: 1 | -1;
  readonly percent: number;
  readonly stocks: number;
  readonly shield: number;
  readonly isInvincible: boolean;
  readonly isInHitstun: boolean;
}

/** One fighter: simple mechanics that look like the real game's from far away. Units are the game's, time is frames. */
export class Fighter {
  x: number;
  y = 0;
  facing: 1 | -1;
  percent = 0;
  stocks: number;
  isAirborne = false;
  readonly #stage: Stage;
  #speed = { x: 0, y: 0 };
  #launch = { x: 0, y: 0 };
  #shield = FULL_SHIELD;
  #action: number = action.entry;
  #frame = 0;
  /** Frames in which it cannot do anything else. */
  #busy = 0;
  #hitstun = 0;
  #spared = 0;
  #jumpsLeft = JUMPS_IN_AIR;
  #canRecover = true;
  #attack: Attack | null = null;

  constructor(stage: Stage, at: number, stocks: number) {
    this.#stage = stage;
    this.x = at;
    this.facing = at < 0 ? 1 : -1;
    this.stocks = stocks;
  }

  get isFree(): boolean {
    return this.#busy === 0 && this.#hitstun === 0;
  }

  get isLost(): boolean {
    return this.#action <= action.rebirth;
  }

  get isFalling(): boolean {
    return this.#speed.y + this.#launch.y < 0;
  }

  get canJump(): boolean {
    return !this.isAirborne || this.#jumpsLeft > 0;
  }

  get canRecover(): boolean {
    return this.#canRecover;
  }

  /** The attack that would hit in this frame. */
  get striking(): Attack | null {
    const attack = this.#attack;
    return attack !== null && this.#frame >= attack.active[0] && this.#frame <= attack.active[1] ? attack : null;
  }

  get isAttacking(): boolean {
    return this.#attack !== null;
  }

  get seen(): Seen {
    return {
      x: this.x,
      y: this.y,
      actionStateId: this.#action,
      actionFrame: this.#frame,
      facing: this.facing,
      percent: this.percent,
      stocks: this.stocks,
      shield: this.#shield,
      isInvincible: this.#spared > 0,
      isInHitstun: this.#hitstun > 0,
    };
  }

  /** Lets a frame pass. */
  step({ direction, wish }: Intent): void {
    this.#frame++;
    if (this.#spared > 0) this.#spared--;
    if (this.isLost) return this.#beLost();
    if (this.#hitstun > 0) this.#hitstun--;
    else if (this.#busy > 0) this.#busy--;
    if (this.isFree) this.#act(direction, wish);
    else if (this.isAirborne && this.#hitstun === 0) this.#drift(direction);
    if (this.#action !== action.shield) this.#shield = Math.min(FULL_SHIELD, this.#shield + SHIELD_GAIN);
    this.#move();
    this.#findBlastZone();
  }

  /** Its attack has hit something and will not hit again. */
  spend(): void {
    this.#attack = null;
  }

  /** Is hit by an attack from that side. */
  suffer(attack: Attack, from: 1 | -1): void {
    if (this.#action === action.shield || this.#action === action.shieldHit) return this.#block(attack, from);
    this.percent = Math.min(999, this.percent + attack.damage);
    const p = this.percent;
    // Knockback of the game at a weight of 100, without its many exceptions.
    const knockback = ((p / 10 + (p * attack.damage) / 20) * 1.4 + 18) * (attack.growth / 100) + attack.base;
    const angle = (attack.angle * Math.PI) / 180;
    this.#launch = { x: Math.cos(angle) * knockback * LAUNCH * from, y: Math.sin(angle) * knockback * LAUNCH };
    this.#speed = { x: 0, y: 0 };
    this.#hitstun = Math.floor(knockback * HITSTUN);
    this.#attack = null;
    this.#busy = 0;
    this.facing = from === 1 ? -1 : 1;
    this.isAirborne = true;
    this.#canRecover = true;
    this.#jumpsLeft = JUMPS_IN_AIR;
    this.#become(knockback > TUMBLES_FROM ? action.tumble : action.hurt);
  }

  #block(attack: Attack, from: 1 | -1): void {
    this.#shield -= attack.damage * 0.9;
    this.#speed.x = from * 0.9;
    if (this.#shield > 0) return this.#become(action.shieldHit, 4 + Math.floor(attack.damage / 2));
    this.#shield = FULL_SHIELD / 2;
    this.#become(action.shieldBroken, 150);
  }

  #act(direction: number, wish: Intent["wish"]): void {
    if (direction !== 0 && !this.isAirborne) this.facing = direction > 0 ? 1 : -1;
    if (typeof wish === "object") {
      this.#attack = wish;
      return this.#become(wish.id, wish.length);
    }
    this.#attack = null;
    if (wish === "jump" && this.canJump) return this.#jump(direction);
    if (wish === "recover" && this.isAirborne && this.#canRecover) return this.#recover(direction);
    if (this.isAirborne) {
      this.#drift(direction);
      const helpless = !this.#canRecover && this.#jumpsLeft === 0;
      if (this.isFalling) this.#become(helpless ? action.fallHelpless : action.fall);
      return;
    }
    switch (wish) {
      case "shield":
        this.#shield -= SHIELD_LOSS;
        return this.#become(action.shield);
      case "dodge":
        this.#spared = Math.max(this.#spared, direction === 0 ? 15 : 18);
        this.#speed.x = direction * 1.9;
        return this.#become(direction === 0 ? action.dodge : action.roll, direction === 0 ? 22 : 31);
      case "dash":
        return this.#walk(direction, GROUND_SPEED.dash, this.#action === action.dash && this.#frame > 11);
      default:
        return this.#walk(direction, GROUND_SPEED.walk, false);
    }
  }

  #walk(direction: number, speed: number, isRunning: boolean): void {
    const wanted = direction * speed;
    this.#speed.x += Math.sign(wanted - this.#speed.x) * Math.min(GROUND_GRIP, Math.abs(wanted - this.#speed.x));
    if (direction === 0) return this.#become(action.wait);
    if (speed === GROUND_SPEED.walk) return this.#become(action.walk);
    if (this.#action !== action.run) this.#become(isRunning ? action.run : action.dash);
  }

  #jump(direction: number): void {
    const inAir = this.isAirborne;
    if (inAir) this.#jumpsLeft--;
    this.#speed = { x: direction * AIR_SPEED, y: inAir ? JUMP_IN_AIR : JUMP };
    this.isAirborne = true;
    this.#become(inAir ? action.jumpInAir : action.jump, 6);
  }

  #recover(direction: number): void {
    this.#canRecover = false;
    this.#jumpsLeft = 0;
    this.#speed = { x: direction * AIR_SPEED * 1.3, y: RECOVERY };
    this.#launch = { x: 0, y: 0 };
    if (direction !== 0) this.facing = direction > 0 ? 1 : -1;
    this.#become(action.recovery, 24);
  }

  #drift(direction: number): void {
    const wanted = direction * AIR_SPEED;
    this.#speed.x += Math.sign(wanted - this.#speed.x) * Math.min(AIR_GRIP, Math.abs(wanted - this.#speed.x));
  }

  #move(): void {
    const { x: kx, y: ky } = this.#launch;
    const force = Math.hypot(kx, ky);
    const left = Math.max(0, force - LAUNCH_DECAY);
    this.#launch = force === 0 ? { x: 0, y: 0 } : { x: (kx * left) / force, y: (ky * left) / force };
    if (this.isAirborne) this.#speed.y = Math.max(-FASTEST_FALL, this.#speed.y - GRAVITY);
    else if (!this.isFree) this.#speed.x *= 0.92;
    const before = this.y;
    this.x += this.#speed.x + this.#launch.x;
    if (this.isAirborne) {
      this.y += this.#speed.y + this.#launch.y;
      const floor = this.isFalling ? this.#floorBetween(before, this.y) : null;
      if (floor !== null) this.#land(floor);
    } else if (this.#floorBetween(this.y, this.y) === null) {
      this.isAirborne = true;
      this.#jumpsLeft = JUMPS_IN_AIR;
      this.#become(action.fall);
    }
  }

  /** The highest floor below it that lies on the way down. */
  #floorBetween(from: number, to: number): number | null {
    const { edge, platforms } = this.#stage;
    const floors = platforms.filter(({ left, right }) => this.x >= left && this.x <= right).map(({ y }) => y);
    if (Math.abs(this.x) <= edge) floors.push(0);
    const met = floors.filter((y) => y <= from && y >= to);
    return met.length === 0 ? null : Math.max(...met);
  }

  #land(floor: number): void {
    this.y = floor;
    this.isAirborne = false;
    this.#speed.y = 0;
    this.#launch = { x: 0, y: 0 };
    this.#canRecover = true;
    this.#jumpsLeft = JUMPS_IN_AIR;
    this.#attack = null;
    const fell = this.#hitstun > 0;
    this.#hitstun = 0;
    this.#become(fell ? action.lyingDown : action.landing, fell ? 26 : 5);
  }

  #findBlastZone(): void {
    const { side, top, bottom } = this.#stage.blast;
    if (this.y < bottom) this.#lose(action.lostBelow);
    else if (this.x < -side) this.#lose(action.lostLeft);
    else if (this.x > side) this.#lose(action.lostRight);
    else if (this.y > top && this.#hitstun > 0) this.#lose(action.lostAbove);
  }

  #lose(how: number): void {
    this.stocks--;
    this.percent = 0;
    this.#hitstun = 0;
    this.#busy = 0;
    this.#attack = null;
    this.#speed = { x: 0, y: 0 };
    this.#launch = { x: 0, y: 0 };
    this.#shield = FULL_SHIELD;
    this.#become(how);
  }

  /** Waits beyond the edge, comes back on a platform in the air, and is spared for a while. */
  #beLost(): void {
    if (this.stocks <= 0) return;
    if (this.#action !== action.rebirth) {
      if (this.#frame < LOST_FRAMES) return;
      this.x = 0;
      this.y = REBIRTH_HEIGHT + 30;
      this.#become(action.rebirth);
    }
    this.y = Math.max(REBIRTH_HEIGHT, this.y - 0.8);
    if (this.#frame < REBIRTH_FRAMES) return;
    this.#spared = SPARED_FRAMES;
    this.isAirborne = true;
    this.#jumpsLeft = JUMPS_IN_AIR;
    this.#canRecover = true;
    this.#become(action.fall);
  }

  /** Begins an action; one that goes on keeps its count. */
  #become(next: number, frames = 0): void {
    if (next !== this.#action || frames > 0) this.#frame = 0;
    this.#action = next;
    this.#busy = frames;
  }
}
