import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { Negotiation } from "./negotiation.ts";
import { PeerLink, type PeerSignal } from "./signaling.ts";

/** What a negotiation does with a connection, without a network. */
class FakeConnection {
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "connecting";
  localDescription: { type: string; toJSON(): RTCSessionDescriptionInit } | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: { toJSON(): RTCIceCandidateInit } | null }) => void) | null = null;

  async setLocalDescription(): Promise<void> {
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
    this.localDescription = { type, toJSON: () => ({ type, sdp: "ours" }) };
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
    this.remoteDescription = description;
  }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

let isUp: boolean;
let sent: PeerSignal[];
let link: PeerLink;
let connection: FakeConnection;
let negotiation: Negotiation;

beforeEach(() => {
  jest.useFakeTimers();
  [isUp, sent, connection] = [true, [], new FakeConnection()];
  link = new PeerLink({
    polite: false,
    ice: null as never,
    isUp: () => isUp,
    send: (signal) => sent.push(signal),
  });
  negotiation = new Negotiation(connection as never, link, (error) => {
    throw error;
  });
});
afterEach(() => {
  negotiation.stop();
  jest.useRealTimers();
});

test("an offer is said again until it is answered, but does not pile up where there is no connection", async () => {
  connection.onnegotiationneeded!();
  await settled();
  jest.advanceTimersByTime(4_000);
  expect(sent).toHaveLength(3);
  isUp = false;
  jest.advanceTimersByTime(600_000);
  expect(sent).toHaveLength(3);
  isUp = true;
  link.restored();
  expect(sent).toHaveLength(4);
});

test("what was found of ways to us is said again when it may be lost, also by the side that answers", async () => {
  const candidate = (name: string) => ({ candidate: { toJSON: () => ({ candidate: name }) } });
  link.take({ description: { type: "offer", sdp: "theirs" } });
  await settled();
  connection.onicecandidate!(candidate("one"));
  connection.onicecandidate!(candidate("two"));
  const said = sent.splice(0);
  expect(said.map((signal) => Object.keys(signal)[0])).toEqual(["description", "candidate", "candidate"]);
  link.restored();
  expect(sent).toEqual(said);
  // Where a path stands, nothing is missing.
  connection.connectionState = "connected";
  link.restored();
  expect(sent).toHaveLength(said.length);
});
