import type { Presence } from "../../ports/presences.ts";
import type { Identity } from "../accounts/directory.ts";
import { normalEmail } from "../accounts/email.ts";

/** Devices that one user may have at a time, over all nodes. */
export const MAX_DEVICES = 50;

/** What names a device: its user, in the form in which addresses are compared, and its id among that user's. */
export interface DeviceName {
  readonly email: string;
  readonly device: string;
}

/** What a device says of itself. */
export interface DeviceAbout {
  readonly name: string | null;
  readonly type: string | null;
}

/** A device that somebody may reach, on whichever node. */
export interface DeviceInfo extends DeviceName, DeviceAbout {
  /** The id of the socket it is there by. */
  readonly socket: string;
  /** In ms; of two sockets of one device, the newer has more. */
  readonly since: number;
}

/** A device is there by this socket, or is there no longer. */
export interface DeviceNews extends DeviceName {
  readonly type: "joined" | "left";
  readonly socket: string;
  readonly since: number;
}

/** Whom a message is for. `device` is a device id or a socket id; both as the sender wrote them. */
export interface Target {
  readonly email: string;
  readonly device: string;
}

/** Why the server ends a socket. */
export type DeviceEnd =
  | "replaced"
  | "revoked"
  | "expired"
  | "silent"
  | "unregistered"
  | "backlog"
  | "flooding"
  | "kicked"
  | "left";

/** Why a message was not handed over: its target is not there for this sender, or the other nodes cannot be asked. */
export type Refused = "not_found" | "unavailable";

/** A message that was handed over, for whoever is to hear if it did not get there. */
export interface Letter {
  /** The receiver's socket has ended, and not all of the message had left this process. */
  lost(): void;
}

/** The way to the program at the other end of a socket. */
export interface DeviceLink {
  /** The device is there by this socket; whatever else the link is told comes after this. */
  registered(socket: string): void;
  /** Hands a message over as it stands. False: the socket is gone, or is not read; `letter` hears of that later. */
  deliver(text: string, letter?: Letter): boolean;
  tell(news: DeviceNews): void;
  refused(target: Target, why: Refused): void;
  /** Ends the socket; nothing is written to it any more. */
  end(why: DeviceEnd): void;
}

/** What a device is there by, for whoever ends that. */
export interface DeviceOwner {
  /** When it last gave a sign of life, in ms. */
  readonly heardAt: number;
  /** Ends the connection, as if it were lost. */
  end(why: DeviceEnd): void;
  /** A newer socket has the device: this one has nothing to clear up any more. */
  replaced(): void;
  /** Gives the device up without waiting for it to come back. */
  leaveNow(): Promise<void>;
}

/** A device that is registered on this node. */
export interface LocalDevice extends DeviceName, DeviceAbout, Identity {
  readonly socket: string;
  readonly owner: DeviceOwner;
  readonly link: DeviceLink;
  since: number;
  /** Its socket was lost, and it may still come back. */
  isLost: boolean;
}

export function infoOf({ email, device, name, type, socket, since }: LocalDevice): DeviceInfo {
  return { email, device, name, type, socket, since };
}

export function newsOf(type: DeviceNews["type"], { email, device, socket, since }: DeviceInfo): DeviceNews {
  return { type, email, device, socket, since };
}

/** How a device stands in the presences of all nodes. */
export function presenceOf(device: LocalDevice, node: string): Presence {
  const { email, socket, name, type, since } = device;
  return { group: email, member: device.device, connection: socket, node, value: JSON.stringify([name, type]), since };
}

export function infoOfPresence({ group, member, connection, value, since }: Presence): DeviceInfo {
  const [name, type] = JSON.parse(value) as [string | null, string | null];
  return { email: group, device: member, socket: connection, name, type, since };
}

/** An address in the form in which addresses are compared; what is none is nobody's. */
export function addressOf(email: string): string {
  return normalEmail(email) ?? "";
}
