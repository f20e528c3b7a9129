import { z } from "zod";
import type { DeviceName } from "../../core/devices/device.ts";
import { parseJson } from "../../transport/http/json.ts";
import { membersOf } from "../../transport/http/json-members.ts";
import { forwardable, readMessage } from "./schema.ts";

/** The document's channel, on which programs of another make hear everything and answer nothing. */
export const CHANNEL = "socket:messages";

/** How a node of ours signs: it has other ways to talk to its like, and passes over what they put on the channel. */
const OURS = "rendezvous:";

/** Stands for everybody. */
const ALL = "*";

/** The end of what {@link sealEnvelope} writes: of a whole text, nothing but the fields that stand last ends like this. */
const SEALED = /,"sender_pod":"rendezvous:[^"\\]{0,200}","timestamp":\d{1,20}\}$/;
const SEAL_CHARS = 300;

const envelope = z.object({
  target_email: z.string().max(320),
  target_device: z.string().max(256),
  sender_pod: z.string().nullish(),
  socket_message: z.union([z.string(), z.looseObject({})]),
});

/** A message from elsewhere. */
export interface Letter {
  /** Null: for everybody whom it concerns. */
  readonly to: DeviceName | null;
  readonly from: string;
  /** As it was sent. */
  readonly text: string;
}

/** @param text a message, which goes in just as it is */
export function sealEnvelope(to: DeviceName | null, text: string, by: { node: string; now: number }): string {
  const email = JSON.stringify(to?.email ?? ALL);
  const device = JSON.stringify(to?.device ?? ALL);
  const pod = JSON.stringify(OURS + by.node);
  const timestamp = Math.floor(by.now / 1000);
  return (
    `{"target_email":${email},"target_device":${device},"socket_message":${text},` +
    `"sender_pod":${pod},"timestamp":${timestamp}}`
  );
}

/** Null for what a node of ours wrote, and for what is not as the document says. */
export function openEnvelope(text: string): Letter | null {
  // Nearly all that is there comes from our own nodes, and needs no reading.
  if (SEALED.test(text.slice(-SEAL_CHARS))) return null;
  try {
    const { target_email, target_device, sender_pod, socket_message } = envelope.parse(parseJson(text));
    if (sender_pod?.startsWith(OURS)) return null;
    const inner = typeof socket_message === "string" ? socket_message : innerText(text);
    const { message, isForwardable } = readMessage(inner);
    const to = target_email === ALL ? null : { email: target_email, device: target_device };
    return { to, from: message.from_email, text: isForwardable ? inner : forwardable(inner) };
  } catch {
    return null;
  }
}

/** The message as it stands in its envelope; of several, the one that was parsed. */
function innerText(text: string): string {
  const { start, end } = membersOf(text).findLast(({ key }) => key === "socket_message")!;
  return text.slice(start, end);
}
