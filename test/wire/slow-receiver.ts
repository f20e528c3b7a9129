import { expect } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import type { RunningServer } from "../support/server.ts";
import { befriend, device, mail, rawDevice, signUp, type Event } from "./devices-client.ts";

/** More characters than the systems at both ends and the server take in for a socket that is not read. */
const MOST = 60_000_000;
/** How many go out before the sender lets others go ahead. */
const AT_ONCE = 300_000;

/** Sends to a device that does not read, until it is cut and some more; then it reads what had got out. */
export async function sendToOneWhoDoesNotRead(
  { near, far }: { readonly near: RunningServer; readonly far: RunningServer },
  chars: number,
): Promise<void> {
  const [ada, bob] = [await signUp(near), await signUp(near)];
  await befriend(near, ada, bob);
  const sender = await device(near, ada, "laptop");
  const slow = await rawDevice(far, bob, "phone");
  await sender.expectEvent("user_joined");
  slow.stopReading();
  const sdp = "x".repeat(chars);
  const heard: Event[] = [];
  const hearing = (async () => {
    while (heard.at(-1)?.["event"] !== "user_left") heard.push(await sender.event());
  })();
  let sent = 0;
  const send = (): void => {
    sender.send(mail(sender, { user: bob, device: "phone" }, { event: "sdp_offer", payload: { n: sent++, sdp } }));
  };
  const count = (name: string): number => heard.filter(({ event }) => event === name).length;
  for (let batch = 1; sent * chars < MOST && count("target_not_found") === 0; batch++) {
    for (let n = 0; n * chars < AT_ONCE; n++) send();
    sender.send({ event: "connect" });
    await eventually("the batch was read", () => count("connected") === batch);
    await call("GET", `${far.url}/livez`);
  }
  for (let n = 0; n < 10; n++) send();
  expect(sent * chars).toBeLessThan(MOST);
  await hearing;
  slow.readOn();
  await slow.closed();
  const arrived: number[] = [];
  while (slow.unread() > 0) arrived.push((await slow.event())["payload"].n);
  // What had got out is the beginning of it, each once; whatever comes behind has been refused, each once.
  expect(arrived).toEqual(arrived.map((_, at) => at));
  const refused = await eventually("each is accounted for", async () => {
    heard.push(...(await sender.before()));
    const refusals = heard.filter(({ event }) => event === "target_not_found");
    return refusals.length + arrived.length >= sent && refusals;
  });
  expect([arrived.length + refused.length, refused[0]]).toEqual([
    sent,
    expect.objectContaining({ target_device: "phone", target_email: bob.email }),
  ]);
  await sender.close();
}
