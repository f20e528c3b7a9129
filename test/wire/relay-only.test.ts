import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connectChat } from "../support/chat-client.ts";
import { openSession } from "../support/coordinator.ts";
import { call, post } from "../support/http.ts";
import { startServer, type RunningServer } from "../support/server.ts";
import { befriend, device, mail, signUp } from "./devices-client.ts";
import { Guest } from "./rooms-client.ts";

const HOST = "candidate:1 1 udp 2113937151 192.0.2.7 53705 typ host ufrag typ relay";
const RELAY = "candidate:5 1 udp 41885439 198.51.100.4 61234 typ relay raddr 0.0.0.0 rport 9";
const sdp = (...candidates: string[]): string =>
  ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", ...candidates.map((one) => `a=${one}`), "a=mid:0", ""].join(
    "\r\n",
  );
const [FULL, LEFT] = [sdp(HOST, RELAY), sdp(RELAY)];

let server: RunningServer;
beforeAll(async () => {
  const turn = { TURN_URLS: "turn:turn.example.org:3478", TURN_SECRET: "north" };
  server = await startServer({ ICE_POLICY: "relay", ...turn });
});
afterAll(async () => void (await server.stop()));

describe("with ICE_POLICY=relay", () => {
  test("rooms pass on relayed candidates alone, and tell peers to look for no others", async () => {
    const address = `${server.wsUrl}/signaling?roomId=relay`;
    const first = new Guest(address);
    expect(await first.welcomed()).toMatchObject({ iceTransportPolicy: "relay" });
    const second = new Guest(address);
    await second.welcomed();
    expect((await first.frame()).type).toBe("peer-joined");
    const structured = { foundation: "1", "connection-address": "192.0.2.7", port: 53_705, "cand-type": "host" };
    first.send({ type: "offer", sdp: { type: "offer", sdp: FULL }, candidates: [structured] });
    first.send({ type: "ice-candidate", candidate: structured });
    first.send({ type: "ice-candidate", candidate: { candidate: HOST, sdpMid: "0" } });
    first.send({ type: "ice-candidate", candidate: { candidate: RELAY, sdpMid: "0" } });
    first.send({ type: "ice-candidate", candidate: null });
    expect(await second.frame()).toEqual({
      type: "offer",
      sdp: { type: "offer", sdp: LEFT },
      candidates: [],
      from: first.id,
    });
    expect((await second.frame())["candidate"]).toEqual({ candidate: RELAY, sdpMid: "0" });
    expect(await second.frame()).toEqual({ type: "ice-candidate", candidate: null, from: first.id });
    expect(await first.untilNow()).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  });

  test("devices do, and a sender hears nothing of what is withheld", async () => {
    const [ada, bob] = [await signUp(server), await signUp(server)];
    await befriend(server, ada, bob);
    const sender = await device(server, ada, "laptop");
    const receiver = await device(server, bob, "phone");
    await sender.expectEvent("user_joined");
    const send = (event: string, payload: unknown) =>
      sender.send(mail(sender, { user: bob, device: "phone" }, { event, payload }));
    send("sdp_offer", { type: "offer", sdp: FULL, n: 1 });
    send("ice_candidate", { candidate: HOST, sdpMid: "0" });
    send("ice_candidate", JSON.stringify({ candidate: HOST }));
    send("ice_candidate", { candidate: RELAY, sdpMid: "0" });
    expect(await receiver.expectEvent("sdp_offer")).toMatchObject({
      from_email: ada.email,
      from_token: "",
      payload: { type: "offer", sdp: LEFT, n: 1 },
    });
    expect((await receiver.expectEvent("ice_candidate"))["payload"]).toEqual({ candidate: RELAY, sdpMid: "0" });
    expect(await sender.before()).toEqual([]);
    expect(await receiver.before()).toEqual([]);
    await Promise.all([sender.close(), receiver.close()]);
  });

  test("a session's mailbox does, posted to and over its socket", async () => {
    const { id } = await openSession(server.url);
    const from = { session_id: id, peer_id: "a" };
    const said = (what: string, more: object) => post(`${server.url}/api/signaling/${what}`, { ...from, ...more });
    expect((await said("offer", { sdp: FULL })).status).toBe(200);
    expect(await said("ice-candidate", { candidate: HOST })).toMatchObject({
      status: 200,
      body: { message: "ICE candidate added successfully" },
    });
    await said("ice-candidate", { candidate: RELAY, sdpMid: "0" });
    const socket = new Guest(`${server.wsUrl}/api/signaling/ws?session_id=${id}&peer_id=b`);
    expect(await socket.frame()).toMatchObject({ type: "offer", sdp: LEFT });
    expect(await socket.frame()).toMatchObject({ type: "ice-candidate", candidate: RELAY });
    socket.send({ type: "answer", sdp: { type: "answer", sdp: FULL } });
    socket.send({ type: "ice-candidate", candidate: { candidate: HOST } });
    socket.send({ type: "join" });
    expect(await socket.frame()).toMatchObject({ type: "session-joined" });
    const answer = await call("GET", `${server.url}/api/signaling/answer/${id}`);
    expect(answer.body).toEqual({ peer_id: "b", sdp: LEFT });
    const { body } = await call("GET", `${server.url}/api/signaling/ice-candidates/${id}`);
    expect(body.candidates.map(({ candidate }: { candidate: string }) => candidate)).toEqual([RELAY]);
    await socket.close();
  });

  test("partners in the video chat do", async () => {
    const [ada, bob] = [await connectChat(server.url), await connectChat(server.url)];
    ada.send("join", { name: "Ada", age: 30, gender: "female" });
    await ada.next("waiting");
    bob.send("join", { name: "Bob", age: 30, gender: "male" });
    await Promise.all([ada.next("matched"), bob.until("matched")]);
    ada.send("offer", { offer: { type: "offer", sdp: FULL } });
    ada.send("ice-candidate", { candidate: { candidate: HOST } });
    ada.send("ice-candidate", { candidate: { candidate: RELAY } });
    expect(await bob.next("offer")).toEqual({ offer: { type: "offer", sdp: LEFT }, from: ada.id });
    expect(await bob.next("ice-candidate")).toEqual({ candidate: { candidate: RELAY }, from: ada.id });
    await ada.nothingElse();
    for (const one of [ada, bob]) one.close();
  });

  test("whoever asks for ICE servers is told", async () => {
    const { body } = await call("GET", `${server.url}/api/ice-servers`);
    expect(Object.keys(body).toSorted()).toEqual(["iceServers", "iceTransportPolicy", "ttl"]);
    expect(body.iceTransportPolicy).toBe("relay");
  });
});
