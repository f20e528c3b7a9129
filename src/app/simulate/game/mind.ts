import type { Dice } from "./dice.ts";
import type { Fighter, Intent } from "./fighter.ts";
import { attacks, type Attack } from "./moves.ts";
import type { Stage } from "./stages.ts";

/** How near is near enough to hit. */
const NEAR = 15;
const LEVEL = 10;

/** Decides what a fighter does: keeps a plan for a few frames, as fast as a person changes their mind. */
export class Mind {
  readonly #dice: Dice;
  readonly #stage: Stage;
  #plan: Intent = { direction: 0, wish: "none" };
  #keptFor = 0;

  constructor(dice: Dice, stage: Stage) {
    this.#dice = dice;
    this.#stage = stage;
  }

  decide(self: Fighter, other: Fighter): Intent {
    if (this.#isOut(self)) return this.#comeBack(self);
    if (this.#keptFor-- > 0) return repeated(this.#plan);
    this.#keptFor = this.#dice.between(3, 9);
    this.#plan = this.#newPlan(self, other);
    return this.#plan;
  }

  #isOut({ x, y }: Fighter): boolean {
    return Math.abs(x) > this.#stage.edge || y < -2;
  }

  #comeBack(self: Fighter): Intent {
    const direction = -Math.sign(self.x);
    if (!self.isFalling || self.y > 25) return { direction, wish: "none" };
    if (self.canJump) return { direction, wish: self.y < 5 ? "jump" : "none" };
    return { direction, wish: self.y < -14 && self.canRecover ? "recover" : "none" };
  }

  #newPlan(self: Fighter, other: Fighter): Intent {
    const [dx, dy] = [other.x - self.x, other.y - self.y];
    const towards = Math.sign(dx);
    if (other.isLost || this.#isOut(other)) return this.#wait(self);
    const isNear = Math.abs(dx) < NEAR && Math.abs(dy) < LEVEL;
    if (isNear && other.isAttacking && !self.isAirborne && this.#dice.happens(0.3)) {
      return this.#dice.happens(0.6) ? { direction: 0, wish: "shield" } : { direction: -towards, wish: "dodge" };
    }
    if (isNear || (Math.abs(dx) < NEAR && dy > 0 && dy < 20))
      return { direction: towards, wish: this.#attack(self, dy, other) };
    if (dy > 14 && Math.abs(dx) < 40 && this.#dice.happens(0.6)) return { direction: towards, wish: "jump" };
    const roll = this.#dice.next();
    if (roll < 0.7) return { direction: towards, wish: "dash" };
    if (roll < 0.84) return { direction: towards, wish: "jump" };
    if (roll < 0.9) return { direction: -towards, wish: "none" };
    return { direction: towards, wish: "none" };
  }

  /** Stays where there is room. */
  #wait(self: Fighter): Intent {
    const direction = Math.abs(self.x) > this.#stage.edge * 0.6 ? -Math.sign(self.x) : this.#dice.between(-1, 1);
    return { direction, wish: "none" };
  }

  #attack(self: Fighter, dy: number, other: Fighter): Attack {
    if (self.isAirborne) return dy > 6 ? attacks.upAir : this.#dice.pick([attacks.neutralAir, attacks.forwardAir]);
    if (dy > LEVEL) return attacks.upSmash;
    if (other.percent > 80 && this.#dice.happens(0.5)) return this.#dice.pick([attacks.smash, attacks.upSmash]);
    return this.#dice.pick([attacks.jab, attacks.tilt, attacks.low, attacks.tilt]);
  }
}

/** The same again, except what happens once only. */
function repeated({ direction, wish }: Intent): Intent {
  return wish === "dash" || wish === "shield" ? { direction, wish } : { direction, wish: "none" };
}
