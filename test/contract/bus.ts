import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Bus, Subscription } from "../../src/ports/bus.ts";
import { eventually } from "../support/eventually.ts";

/** Two nodes of one cluster. */
export interface TestedBuses {
  readonly here: Bus;
  readonly there: Bus;
  /** Cuts every connection that either has; left out where there is none. */
  cut?(): Promise<void>;
  close(): void;
}

/** Every sentence of the port's comment, run against one adapter. */
export function busContract(adapter: string, make: () => Promise<TestedBuses>): void {
  describe(`bus on ${adapter}`, () => {
    let buses: TestedBuses;
    let here: Bus;
    let there: Bus;
    let subscriptions: Subscription[];
    let channel: string;
    let channels = 0;

    beforeEach(async () => {
      buses = await make();
      ({ here, there } = buses);
      subscriptions = [];
      channel = `channel-${channels++}`;
    });
    afterEach(() => {
      for (const one of subscriptions) one.end();
      buses.close();
    });

    /** What is heard from now on. */
    const listen = async (bus: Bus, on = channel): Promise<string[]> => {
      const heard: string[] = [];
      const subscription = bus.subscribe(on, (message) => void heard.push(message));
      subscriptions.push(subscription);
      await subscription.inForce;
      return heard;
    };
    const arrived = (heard: readonly string[], count: number) =>
      eventually(`${count} messages`, () => heard.length >= count);

    test("a message goes to every subscription, the publisher's own included, as it is", async () => {
      const all = [await listen(here), await listen(there), await listen(there)];
      expect(await here.publish(channel, 'é\u0000\n{"😀":1}')).toBeGreaterThan(0);
      await here.publish(channel, "");
      for (const heard of all) {
        await arrived(heard, 2);
        expect(heard).toEqual(['é\u0000\n{"😀":1}', ""]);
      }
    });

    test("one subscription counts as one, none as none", async () => {
      expect(await here.publish(channel, "a")).toBe(0);
      await listen(there);
      expect(await here.publish(channel, "b")).toBe(1);
    });

    test("what one node publishes is heard in that order", async () => {
      const heard = await listen(there);
      const sent = Array.from({ length: 2_000 }, (_, n) => `${n}`);
      await Promise.all(sent.map((message) => here.publish(channel, message)));
      await arrived(heard, sent.length);
      expect(heard).toEqual(sent);
    });

    test("channels have nothing to do with each other, whatever they are called", async () => {
      const names = ["a", "a:b", "{a}", "{}", "a*", "[a]", "", "😀", "a b"];
      const all = await Promise.all(names.map((name) => listen(there, `${channel}${name}`)));
      for (const name of names) expect(await here.publish(`${channel}${name}`, name)).toBe(1);
      for (const [at, heard] of all.entries()) {
        await arrived(heard, 1);
        expect(heard).toEqual([names[at]!]);
      }
    });

    test("nothing is heard any more once a subscription has ended, and the others go on", async () => {
      const [one, two] = [await listen(here), await listen(here)];
      subscriptions[0]!.end();
      await there.publish(channel, "a");
      await arrived(two, 1);
      subscriptions[1]!.end();
      subscriptions[1]!.end();
      await eventually("nobody hears", async () => (await there.publish(channel, "b")) === 0);
      expect([one, two]).toEqual([[], ["a"]]);
    });

    test("a channel may be heard again after it was given up, at once too", async () => {
      for (let time = 0; time < 20; time++) here.subscribe(channel, () => undefined).end();
      const heard = await listen(here);
      expect(await there.publish(channel, "a")).toBe(1);
      await arrived(heard, 1);
      expect(heard).toEqual(["a"]);
    });

    test("one function may hear a channel twice", async () => {
      const heard: string[] = [];
      const hear = (message: string): void => void heard.push(message);
      const [one, two] = [here.subscribe(channel, hear), here.subscribe(channel, hear)];
      subscriptions.push(one, two);
      await Promise.all([one.inForce, two.inForce]);
      await there.publish(channel, "a");
      await arrived(heard, 2);
      one.end();
      await there.publish(channel, "b");
      await arrived(heard, 3);
      expect(heard).toEqual(["a", "a", "b"]);
    });

    test("subscriptions outlive the connection, and the gap is told once they are in force again", async () => {
      if (buses.cut === undefined) return expect(here.onGap(() => undefined)()).toBeUndefined();
      const all = await Promise.all(Array.from({ length: 30 }, (_, n) => listen(there, `${channel}-${n}`)));
      let gaps = 0;
      let others = 0;
      there.onGap(() => gaps++);
      there.onGap(() => others++)();
      await buses.cut();
      await eventually("the gap is told", () => gaps > 0);
      for (const [n, heard] of all.entries()) {
        expect(
          await eventually("it can be published", () => here.publish(`${channel}-${n}`, "a").catch(() => null)),
        ).toBe(1);
        await arrived(heard, 1);
        expect(heard).toEqual(["a"]);
      }
      expect(others).toBe(0);
    });
  });
}
