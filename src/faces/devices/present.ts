import type { DeviceInfo, DeviceNews, Refused, Target } from "../../core/devices/device.ts";

export function presentRegistered(socket: string): string {
  return JSON.stringify({ event: "register", status: "ok", socket_id: socket });
}

export function presentRegisterRefusal(error: string): string {
  return JSON.stringify({ event: "register", status: "error", error });
}

/** Everybody who is online, each with its devices; a bare array. */
export function presentOnline(devices: readonly DeviceInfo[]): string {
  const users = Map.groupBy(devices, ({ email }) => email);
  return JSON.stringify(
    [...users].map(([email, own]) => ({
      email,
      devices: own.map(({ device, socket, name, type }) => ({
        device_id: device,
        socket_id: socket,
        device_name: name,
        device_type: type,
      })),
    })),
  );
}

export const connected = JSON.stringify({ event: "connected", status: "ok" });

export function presentPong(now: number): string {
  return JSON.stringify({ event: "pong", timestamp: Math.floor(now / 1000) });
}

export function presentError(error: string): string {
  return JSON.stringify({ event: "error", error });
}

/** `target` is as the sender wrote it. */
export function presentUndelivered({ email, device }: Target, why: Refused): string {
  const target = { target_email: email, target_device: device };
  switch (why) {
    case "not_found":
      return JSON.stringify({
        event: "target_not_found",
        error: `User ${email} with device ${device} is not online`,
        ...target,
      });
    case "unavailable":
      return JSON.stringify({ event: "error", error: "Failed to route message - Redis unavailable", ...target });
  }
}

export function presentNews({ type, email, device }: DeviceNews): string {
  return JSON.stringify({
    from_email: email,
    from_token: "",
    from_device: device,
    to_email: "",
    to_device: "",
    event: type === "joined" ? "user_joined" : "user_left",
    payload: { email, device_id: device },
  });
}
