import type { LocalDevice } from "../../../core/devices/device.ts";
import type { Devices } from "../../../core/devices/devices.ts";
import { ownerAndDevice } from "../../../core/journal/comparable.ts";
import { inPath, localPage, plain, type Source } from "../source.ts";
import type { Item } from "../wire.ts";

const FACE = "devices";

/** Devices that are registered on this node. */
export function deviceSource(devices: Devices, node: string): Source {
  const show = (device: LocalDevice): Item => itemOf(device, node);
  const find = (id: string): LocalDevice | null => {
    const [email, device] = ownerAndDevice(id);
    return devices.find(email, device ?? "");
  };
  return {
    kind: "devices",
    face: FACE,
    states: ["online", "lost"],
    isLocal: true,
    page: (query) =>
      localPage(new Map(devices.here().map((device) => [idOf(device), () => show(device)] as const)), query),
    async find(id) {
      const device = find(id);
      return device && { item: show(device) };
    },
    async search(text) {
      const its = devices.of(text.trim().toLowerCase());
      const bySocket = devices.here().find(({ socket, device }) => socket === text || device === text);
      return [...its, ...(bySocket === undefined ? [] : [bySocket])].map(show);
    },
    async act(name, id) {
      const [email, device] = ownerAndDevice(id);
      if (name !== "kick" || !devices.kick(email, device ?? "")) return null;
      return "Its socket was closed.";
    },
  };
}

function itemOf(device: LocalDevice, node: string): Item {
  const { email, device: name, type, socket, since, isLost } = device;
  const id = idOf(device);
  return {
    ...plain,
    kind: "devices",
    id,
    label: device.name ?? name,
    state: isLost ? "lost" : "online",
    face: FACE,
    node,
    since,
    fields: { user: email, device: name, type, socket },
    links: [{ as: "node", kind: "nodes", id: node }],
    actions: [
      {
        name: "kick",
        label: "Kick device",
        question: `Close the connection of ${name} of ${email}? It may connect again with its token.`,
        path: `/admin/devices/${inPath(id)}/kick`,
        body: {},
        confirm: id,
      },
    ],
  };
}

function idOf({ email, device }: LocalDevice): string {
  return `${email}/${device}`;
}
