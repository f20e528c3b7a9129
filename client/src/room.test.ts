import { expect, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { Rooms } from "./rooms.ts";

test("a refusal of the way back is none of the frames that a seat has received", async () => {
  const opened: { readonly address: URL; readonly socket: FakeSocket }[] = [];
  class FakeSocket {
    readyState = 1;
    onmessage: ((event: { data: string }) => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    constructor(address: string | URL) {
      opened.push({ address: new URL(address), socket: this });
    }
    says(...frames: readonly object[]): void {
      for (const frame of frames) this.onmessage!({ data: JSON.stringify(frame) });
    }
    close(): void {}
    send(): void {}
  }
  const WebSocket = FakeSocket as unknown as new (url: string | URL) => WebSocket;
  const room = new Rooms({ url: "http://127.0.0.1:1", WebSocket }).join("r");
  const socket = (number: number) => eventually("it connects", () => opened[number - 1]);

  const first = (await socket(1)).socket;
  first.says({ type: "welcome", peerId: "me", peers: ["you"], iceServers: [], resumeToken: "t" });
  first.says({ type: "offer", sdp: "", from: "you" });
  first.onclose!({ code: 1006, reason: "" });
  const second = (await socket(2)).socket;
  second.says({ type: "error", code: "room_unreachable", message: "The room cannot be reached right now." });
  second.onclose!({ code: 1013, reason: "try again later" });
  const { address } = await socket(3);
  expect(address.searchParams.get("received")).toBe("1");
  room.leave();
});
