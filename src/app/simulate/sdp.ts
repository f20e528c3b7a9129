import type { Dice } from "./game/dice.ts";

/** What peers tell each other looks real, but nobody can be reached there: addresses of a documentation network. */
function addressOf(dice: Dice): string {
  return `192.0.2.${dice.between(1, 254)}`;
}

/** A session description with a data channel in it. */
export function description(dice: Dice): string {
  const lines = [
    "v=0",
    `o=- ${dice.between(1, 2 ** 31)} 2 IN IP4 127.0.0.1`,
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    `a=ice-ufrag:${letters(dice, 4)}`,
    `a=ice-pwd:${letters(dice, 24)}`,
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => dice.between(16, 255).toString(16).toUpperCase()).join(":")}`,
    "a=setup:actpass",
    "a=mid:0",
    "a=sctp-port:5000",
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** As browsers write one. */
export function candidate(dice: Dice) {
  const [foundation, port] = [dice.between(1, 2 ** 31), dice.between(49_152, 65_535)];
  return {
    candidate: `candidate:${foundation} 1 udp 2122260223 ${addressOf(dice)} ${port} typ host generation 0`,
    sdpMid: "0",
    sdpMLineIndex: 0,
  };
}

export function letters(dice: Dice, count: number): string {
  return Array.from({ length: count }, () => dice.between(0, 35).toString(36)).join("");
}
