import { Devices } from "../../core/devices/devices.ts";
import { devicesFace } from "../../faces/devices/face.ts";
import { createOutside } from "../../faces/devices/outside.ts";
import type { Face } from "../../transport/face.ts";
import type { People } from "../accounts.ts";
import { requestLimit } from "../gate.ts";
import type { Ground, RecordGround } from "./ground.ts";

/** How many seconds' worth of messages a device may send at once. */
const BURST_SECONDS = 5;

export function buildDevices(ground: RecordGround, people: People): Face {
  const { config, engine, cluster, failed } = ground;
  const { clock, random } = engine;
  const perSecond = config.SOCKET_MESSAGES_PER_SECOND;
  return devicesFace({
    ...people,
    devices: new Devices({
      ...cluster,
      presences: engine.presences("devices"),
      directory: people.directory,
      clock,
      random,
      isStoreAway: () => engine.redis() === "unhealthy",
      outside: programsOfAnotherMake(ground),
      failed: failed("a step of the devices failed"),
    }),
    clock,
    limit: requestLimit("devices", config, engine.rates),
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    rate: { perSecond, burst: BURST_SECONDS * perSecond },
    perAddress: config.SOCKETS_PER_ADDRESS,
    countsLocal: config.RATE_LIMIT_LOOPBACK === "on",
    failed: failed("could not forget what is past its time"),
  });
}

function programsOfAnotherMake({ engine, cluster, failed }: Ground) {
  const { wireKeys: keys, wireFields: fields, wireChannel: channel, clock } = engine;
  if (keys === null || fields === null || channel === null) return null;
  const { node } = cluster.courier;
  return createOutside({
    keys,
    fields,
    channel,
    node,
    clock,
    failed: failed("could not tell programs of another make"),
  });
}
