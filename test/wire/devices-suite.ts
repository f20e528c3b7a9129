import { beforeAll, describe, expect, test } from "bun:test";
import type { RunningServer } from "../support/server.ts";
import { eventually } from "../support/eventually.ts";
import { call } from "../support/http.ts";
import {
  befriend,
  change,
  device,
  mail,
  message,
  open,
  openRaw,
  rawDevice,
  signUp,
  type Device,
  type User,
} from "./devices-client.ts";

/**
 * The document from outside. With several nodes, whoever sends and whoever receives are on different ones.
 */
export function devicesSuite({ nodes }: { readonly nodes: () => readonly RunningServer[] }): void {
  const node = (n: number): RunningServer => nodes()[n % nodes().length]!;
  let ada: User;
  let bob: User;

  beforeAll(async () => {
    [ada, bob] = [await signUp(node(0), "ada"), await signUp(node(1), "bob")];
    await befriend(node(2), ada, bob);
  });

  let names = 0;
  /** A device of each, on different nodes, the first told of the second. */
  const pair = async (): Promise<[Device, Device]> => {
    const first = await device(node(0), ada, `laptop${++names}`);
    const second = await device(node(1), bob, `phone${++names}`);
    let news = await first.event();
    // Word that the phone of the test before has left may still have been on its way.
    if (news["event"] === "user_left") news = await first.event();
    expect(news).toEqual({
      ...{ from_email: bob.email, from_token: "", from_device: second.device, to_email: "", to_device: "" },
      event: "user_joined",
      payload: { email: bob.email, device_id: second.device },
    });
    return [first, second];
  };
  const opened = ({ socket }: ReturnType<typeof open>) =>
    new Promise((resume) => socket.addEventListener("open", resume, { once: true }));
  const leave = async (...devices: Device[]): Promise<void> => {
    for (const one of devices) {
      one.send({ event: "disconnect" });
      expect(await one.closed()).toEqual({ code: 1000, reason: "disconnect" });
    }
  };

  describe("register", () => {
    const refused = async (fields: object) => {
      const client = open(node(0));
      await new Promise((opened) => client.socket.addEventListener("open", opened, { once: true }));
      client.send(message({ event: "register", ...fields }));
      return client;
    };

    test("says which field is missing, and the socket stays open", async () => {
      const client = await refused({});
      expect(await client.event()).toEqual({ event: "error", error: "from_email is required for register" });
      client.send({ event: "register", from_email: ada.email });
      expect(await client.event()).toEqual({ event: "error", error: "from_token is required for register" });
      client.send({ event: "register", from_email: ada.email, from_token: ada.token });
      expect(await client.event()).toEqual({ event: "error", error: "from_device is required for register" });
      expect(await client.before()).toEqual([]);
      await client.close();
    });

    test.each([
      ["nonsense", "Invalid token format"],
      ["7c9e6679-7425-40de-944b-e07fc1f90ae7", "Invalid or expired token"],
      ["eyJhbGciOiJub25lIn0.eyJlbWFpbCI6IngifQ.c2ln", "Invalid or expired token"],
    ])("refuses %p and closes", async (token, error) => {
      const client = await refused({ from_email: ada.email, from_token: token, from_device: "x" });
      expect(await client.event()).toEqual({ event: "register", status: "error", error });
      expect((await client.closed()).code).toBe(1008);
    });

    test("refuses somebody else's token", async () => {
      const client = await refused({ from_email: bob.email, from_token: ada.token, from_device: "x" });
      expect(await client.event()).toEqual({
        ...{ event: "register", status: "error" },
        error: "Email does not match token",
      });
      expect((await client.closed()).code).toBe(1008);
    });

    test("takes the address however it is written", async () => {
      const client = await refused({ from_email: ada.email.toUpperCase(), from_token: ada.token, from_device: "x" });
      expect(await client.event()).toMatchObject({ event: "register", status: "ok" });
      client.send({ event: "disconnect" });
      await client.closed();
    });

    test("answers what was sent behind it in one go, in order", async () => {
      const client = await refused({ from_email: ada.email, from_token: ada.token, from_device: "pipelined" });
      client.send({ event: "connect" });
      client.send({ from_email: ada.email, event: "ping" });
      expect(await client.event()).toMatchObject({ event: "register", status: "ok" });
      expect(await client.event()).toEqual({ event: "connected", status: "ok" });
      const { event, timestamp } = await client.event();
      expect(event).toBe("pong");
      expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(5);
      client.send({ event: "disconnect" });
      await client.closed();
    });
  });

  test("before register, check finds nobody, connect and ping are answered, and nothing else is done", async () => {
    const client = open(node(0));
    await new Promise((opened) => client.socket.addEventListener("open", opened, { once: true }));
    client.send({ event: "check" });
    expect(await client.text()).toBe("[]");
    client.send({ event: "ping" });
    await client.expectEvent("pong");
    client.send(message({ event: "try_connect", from_email: ada.email, from_device: "x", to_email: bob.email }));
    expect(await client.event()).toEqual({ event: "error", error: "Not registered" });
    client.send({ event: "invalid_event" });
    expect(await client.event()).toEqual({ event: "error", error: "Unknown event: invalid_event" });
    expect(await client.before()).toEqual([]);
    await client.close();
  });

  test("check lists the contacts' devices, with names and types or null", async () => {
    const [first, second] = await pair();
    const nameless = open(node(2));
    await new Promise((opened) => nameless.socket.addEventListener("open", opened, { once: true }));
    nameless.send({ event: "register", from_email: bob.email, from_token: bob.token, from_device: "nameless" });
    const { socket_id } = await nameless.event();
    await first.expectEvent("user_joined");
    first.send({ from_email: ada.email, event: "check" });
    expect(await first.event()).toEqual([
      {
        email: bob.email,
        devices: [
          {
            device_id: second.device,
            socket_id: second.socketId,
            device_name: `${second.device}'s name`,
            device_type: "desktop",
          },
          { device_id: "nameless", socket_id, device_name: null, device_type: null },
        ],
      },
    ] as never);
    nameless.send({ event: "disconnect" });
    await first.expectEvent("user_left");
    await leave(second, first);
  });

  describe("a message", () => {
    test("arrives exactly as it was sent, but for the token", async () => {
      const [first, second] = await pair();
      const head = `"to_email":"${bob.email}","to_device":"${second.device}"`;
      const text = (token: string) =>
        ` { "event" : "sdp_offer", ${token} ${head}, "from_email":"${ada.email.toUpperCase()}" ,\n` +
        `"from_device":"${first.device}", "payload":{"n":1.0,"big":12345678901234567890,"a":1,"a":2,"e":"\\u00e4✓😀"}, "x":[1e3] } `;
      first.sendText(text(`"from_token":"secret",`));
      expect(await second.text()).toBe(text(`"from_token":"",`));
      first.sendText(text(`"from_\\u0074oken":"secret",`));
      expect(await second.text()).toBe(text(`"from_\\u0074oken":"",`));
      first.sendText(text(""));
      expect(await second.text()).toBe(text(""));
      await leave(second, first);
    });

    test.each(["try_connect", "sdp_offer", "sdp_answer", "ice_candidate"])("%s goes both ways", async (event) => {
      const [first, second] = await pair();
      const there = mail(first, second, { event, payload: { request_id: "1" } });
      first.send(there);
      expect(await second.event()).toEqual(there);
      const back = mail(second, first, { event, to_device: first.socketId, payload: { request_id: "2" } });
      second.send(back);
      expect(await first.event()).toEqual(back);
      await leave(second, first);
    });

    test("of many, all arrive in their order", async () => {
      const [first, second] = await pair();
      for (let n = 0; n < 500; n++) first.send(mail(first, second, { event: "ice_candidate", payload: { n } }));
      for (let n = 0; n < 500; n++) expect((await second.event())["payload"]).toEqual({ n });
      await leave(second, first);
    });

    test("to a device that is not there is answered in the sender's own words", async () => {
      const [first, second] = await pair();
      await leave(second);
      await first.expectEvent("user_left");
      first.send(mail(first, second, { to_email: bob.email.toUpperCase() }));
      const target = { target_email: bob.email.toUpperCase(), target_device: second.device };
      expect(await first.event()).toEqual({
        event: "target_not_found",
        error: `User ${target.target_email} with device ${second.device} is not online`,
        ...target,
      });
      await leave(first);
    });

    test("to a stranger is answered as if nobody were there", async () => {
      const stranger = await signUp(node(2), "eve");
      const [first, second] = await pair();
      const eve = await device(node(2), stranger, "tablet");
      eve.send(mail(eve, second));
      expect(await eve.event()).toEqual({
        event: "target_not_found",
        error: `User ${bob.email} with device ${second.device} is not online`,
        target_email: bob.email,
        target_device: second.device,
      });
      eve.send({ event: "check" });
      expect(await eve.text()).toBe("[]");
      expect(await second.before()).toEqual([]);
      await leave(eve, second, first);
    });

    test.each(["from_email", "to_email", "to_device", "from_device"])("needs its %s", async (field) => {
      const [first, second] = await pair();
      first.send(mail(first, second, { [field]: "" }));
      expect(await first.event()).toEqual({ event: "error", error: `${field} is required` });
      await leave(second, first);
    });

    test("that says it comes from somebody else goes nowhere", async () => {
      const [first, second] = await pair();
      first.send(mail(first, second, { from_email: bob.email }));
      expect(await first.event()).toEqual({
        event: "error",
        error: "from_email does not match the registered user",
      });
      first.send(mail(first, second, { from_device: "other" }));
      expect(await first.event()).toEqual({
        event: "error",
        error: "from_device does not match the registered device",
      });
      const text = JSON.stringify(mail(first, second));
      first.sendText(`{"from_email":"${bob.email}",${text.slice(1)}`);
      expect((await first.event())["error"]).toStartWith("Failed to parse message: ");
      expect(await second.before()).toEqual([]);
      await leave(second, first);
    });
  });

  test.each([
    ["", "Failed to parse message: "],
    ["{", "Failed to parse message: "],
    ["[]", "Failed to parse message: "],
    ["null", "Failed to parse message: "],
    [`{"event":1}`, "Failed to parse message: event must be a string"],
    [`{"event":"connect","__proto__":{}}`, "Failed to parse message: "],
    ["[".repeat(10_000), "Failed to parse message: "],
    [`{"event":"${"x".repeat(300)}"}`, "Failed to parse message: "],
    [`{}`, "Unknown event: "],
  ])("%p is answered with an error, and the socket stays open", async (text, error) => {
    const client = openRaw(node(0));
    client.sendText(text);
    const answer = await client.event();
    expect(answer).toEqual({ event: "error", error: expect.any(String) });
    expect(answer["error"]).toStartWith(error);
    expect(await client.before()).toEqual([]);
    client.close(1000);
  });

  test("a binary frame is answered with an error; invalid UTF-8 closes 1007, and too long a message 1009", async () => {
    const client = openRaw(node(0));
    client.sendBinary(new Uint8Array([1, 2, 3]));
    expect((await client.event())["error"]).toStartWith("Failed to parse message: ");
    client.write(1, new Uint8Array([0xc3, 0x28]));
    expect((await client.closed()).code).toBe(1007);
    const long = openRaw(node(0));
    long.sendText(`{"event":"connect","payload":"${"x".repeat(65_536)}"}`);
    expect((await long.closed()).code).toBe(1009);
    const longer = openRaw(node(0));
    longer.sendText("x".repeat(1_100_000));
    expect([1006, 1009]).toContain((await longer.closed()).code);
  });

  test("a device that comes back takes its place over, wherever, and nobody hears of it", async () => {
    const [first, second] = await pair();
    const back = await device(node(2), bob, second.device);
    expect((await second.closed()).code).toBe(4001);
    first.send(mail(first, back));
    expect((await back.event())["event"]).toBe("try_connect");
    await new Promise((resume) => setTimeout(resume, 2_500));
    first.send(mail(first, back));
    expect((await back.event())["event"]).toBe("try_connect");
    expect(await first.before()).toEqual([]);
    await leave(back, first);
  });

  test("a device that comes back, wherever, and says goodbye at once has left for everybody", async () => {
    const [first, second] = await pair();
    const near = await device(node(1), ada, `laptop${++names}`);
    await first.expectEvent("user_joined");
    const back = open(node(2));
    await opened(back);
    const { user, device: name } = second;
    back.send(message({ from_email: user.email, from_token: user.token, from_device: name, event: "register" }));
    back.send({ event: "disconnect" });
    expect((await second.closed()).code).toBe(4001);
    await first.expectEvent("user_left");
    await near.expectEvent("user_left");
    // Whatever else there is to hear of it comes sooner than what is told of another device now.
    const another = await device(node(1), bob, `phone${++names}`);
    for (const watcher of [first, near]) {
      expect(await watcher.event()).toMatchObject({ event: "user_joined", from_device: another.device });
      expect(await watcher.before()).toEqual([]);
    }
    await leave(another, near, first);
  });

  test.each([1, 3])(
    "of sockets on %d nodes that register one device at once, the one that stays is there",
    async (over) => {
      const first = await device(node(0), ada, `laptop${++names}`);
      for (let round = 0; round < 5; round++) {
        const name = `phone${++names}`;
        const sockets = Array.from({ length: 2 + round }, (_, n) => open(node(n % over)));
        const opened = ({ socket }: (typeof sockets)[0]) =>
          new Promise((resume) => socket.addEventListener("open", resume, { once: true }));
        await Promise.all(sockets.map(opened));
        const closes = new Map<unknown, number>();
        for (const one of sockets) one.socket.addEventListener("close", ({ code }) => closes.set(one, code));
        const registration = { from_email: bob.email, from_token: bob.token, from_device: name, event: "register" };
        for (const one of sockets) one.send(message(registration));
        await eventually("all but one are closed", () => closes.size === sockets.length - 1);
        expect(new Set(closes.values())).toEqual(new Set([4001]));
        const stays = sockets.find((one) => !closes.has(one))!;
        const { socket_id } = await stays.expectEvent("register");
        await first.expectEvent("user_joined");
        first.send({ event: "check" });
        expect(await first.event()).toMatchObject([{ email: bob.email, devices: [{ device_id: name, socket_id }] }]);
        first.send(mail(first, { user: bob, device: name }));
        await stays.expectEvent("try_connect");
        stays.send({ event: "disconnect" });
        await first.expectEvent("user_left");
      }
      expect(await first.before()).toEqual([]);
      await leave(first);
    },
  );

  test("a socket that is lost is told of once, after a while", async () => {
    const [first, second] = await pair();
    const raw = await rawDevice(node(1), bob, "raw");
    await first.expectEvent("user_joined");
    const lostAt = performance.now();
    await raw.reset();
    expect(await first.event()).toMatchObject({ event: "user_left", payload: { email: bob.email, device_id: "raw" } });
    expect(performance.now() - lostAt).toBeGreaterThan(1_500);
    await leave(second, first);
  });

  test.each([1, 3])("of 80 devices of one user that come at once on %d nodes, 50 stand", async (over) => {
    const carol = await signUp(node(0), "carol");
    const sockets = Array.from({ length: 80 }, (_, n) => open(node(n % over)));
    await Promise.all(sockets.map(opened));
    const answers = await Promise.all(
      sockets.map((one, n) => {
        const registration = { from_email: carol.email, from_token: carol.token, event: "register" };
        one.send(message({ ...registration, from_device: `device${n}` }));
        return one.expectEvent("register");
      }),
    );
    expect(answers.filter(({ status }) => status === "ok")).toHaveLength(50);
    const refusals = answers.filter(({ status }) => status === "error");
    expect(new Set(refusals.map(({ error }) => error))).toEqual(new Set(["You have too many devices online already."]));
    await Promise.all(sockets.map((one) => one.close()));
  });

  test("a token that is revoked closes its sockets, and what is no contact any more is not reached", async () => {
    const carol = await signUp(node(1), "carol");
    await befriend(node(0), ada, carol);
    const first = await device(node(0), ada, "revoking");
    const second = await device(node(1), carol, "tablet");
    await first.expectEvent("user_joined");
    await change(node(2), carol, ada, "remove");
    // The other node hears of it a moment later; until then messages still arrive.
    const refused = first.event();
    for (let arrived = second.event(); ; arrived = second.event()) {
      first.send(mail(first, second));
      const answer = await Promise.race([refused, arrived]);
      if (answer["event"] === "target_not_found") break;
    }
    const { status } = await call("POST", `${node(2).url}/api/auth/logout`, undefined, {
      authorization: `Bearer ${carol.token}`,
    });
    expect(status).toBeLessThan(300);
    expect(await second.closed()).toEqual({ code: 1008, reason: "token revoked" });
    await leave(first);
  });

  test("a socket that sends far too much is closed 1008", async () => {
    const client = openRaw(node(0));
    for (let n = 0; n < 1_500; n++) client.sendText(`{"event":"connect"}`);
    expect(await client.closed()).toEqual({ code: 1008, reason: "too many messages" });
  });
}
