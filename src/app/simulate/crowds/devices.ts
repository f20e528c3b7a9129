import { lasting } from "../chance.ts";
import { Refusal } from "../client.ts";
import { kinds } from "../names.ts";
import { pause, untilAborted } from "../pause.ts";
import { meanStay, Unlivable, type Crowd, type Scene } from "../scene.ts";
import { Device } from "./device.ts";
import { Person } from "./person.ts";

/** How many others everybody knows from those who came before. */
const ACQUAINTANCES = 2;

/** People with accounts and contacts, whose devices go on and off and call each other. */
export function devicesCrowd(scene: Scene): Crowd {
  const { dice, signal, size, perSecond } = scene;
  const people: Person[] = [];
  const devices: Device[] = [];
  const living: Promise<void>[] = [];
  let number = 0;
  const mean = meanStay(size / 2, perSecond);
  let calls = 0;

  /** Somebody new, who gets to know some of those who are there. */
  async function come(at: number): Promise<void> {
    const person = new Person(scene, at);
    try {
      await person.enroll();
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 403) throw error;
      throw new Unlivable("devices are left out: nobody may sign up there, but for JWT_SECRET (SIGNUP)");
    }
    people.push(person);
    for (let more = ACQUAINTANCES; more > 0 && people.length > 1 && !signal.aborted; more--) {
      await person.befriend(people[dice.between(0, people.length - 2)]!);
    }
    const first = dice.between(0, kinds.length - 1);
    for (let more = dice.between(0, 1); more >= 0; more--) {
      const device = new Device(scene, person, kinds[(first + more) % kinds.length]!);
      devices.push(device);
      living.push(device.run());
    }
  }

  return {
    async live() {
      while (number < size && !signal.aborted) {
        await come(number++);
      }
      await untilAborted(signal);
      await Promise.all(living);
    },
    async act() {
      const free = devices.filter((one) => one.isOnline && !one.isCalling);
      if (free.length === 0) return "unlucky";
      const caller = free[dice.between(0, free.length - 1)]!;
      const online = await caller.check();
      const others = online.flatMap(({ email, devices }) =>
        devices.map(({ device_id: device }) => ({ email, device })),
      );
      if (others.length === 0) return "unlucky";
      calls++;
      try {
        if (!(await caller.call(others[dice.between(0, others.length - 1)]!))) return "unlucky";
        await pause(lasting(dice, mean), signal);
        return "done";
      } finally {
        caller.hangUp();
        calls--;
      }
    },
    now: () => ({
      people: people.length,
      "devices online": devices.filter((one) => one.isOnline).length,
      calls,
    }),
    async clear() {
      // Each has its password looked at, which is meant to be work: not all at once.
      const lane = async (): Promise<void> => {
        for (let one = people.pop(); one !== undefined; one = people.pop()) await one.forget();
      };
      await Promise.all([lane(), lane()]);
    },
  };
}
