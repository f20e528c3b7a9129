import { Devices } from "../../core/devices/devices.ts";
import { devicesFace } from "../../faces/devices/face.ts";
import { notedDevices } from "../../core/journal/noted-devices.ts";
import { deviceSource } from "../../faces/operator/sources/devices.ts";
import { createOutside } from "../../faces/devices/outside.ts";
import type { Face } from "../../transport/face.ts";
import type { People } from "../accounts.ts";
import type { Ground, RecordGround } from "./ground.ts";

export function buildDevices(ground: RecordGround, people: People): Face {
  const { config, engine, cluster, limits, failed } = ground;
  const { showcase } = ground;
  const { clock, random } = engine;
  const devices = new Devices({
    ...cluster,
    presences: notedDevices(engine.presences("devices"), showcase.journal),
    directory: people.directory,
    clock,
    timeOfDay: engine.timeOfDay,
    random,
    isStoreAway: () => engine.redis() === "unhealthy",
    outside: programsOfAnotherMake(ground),
    failed: failed("a step of the devices failed"),
  });
  showcase.sources.push(deviceSource(devices, cluster.courier.node));
  showcase.numbers.push(() => {
    const { devices: online, users } = devices.figures();
    return { devices: online, users };
  });
  return devicesFace({
    ...people,
    devices,
    clock,
    limit: limits.request("devices"),
    limits,
    maxMessageBytes: config.MAX_MESSAGE_BYTES,
    relayOnly: config.ICE_POLICY === "relay",
    failed: failed("could not forget what is past its time"),
  });
}

function programsOfAnotherMake({ config, engine, cluster, failed }: Ground) {
  const { wireKeys: keys, wireFields: fields, wireChannel: channel, clock } = engine;
  if (keys === null || fields === null || channel === null) return null;
  const { node } = cluster.courier;
  return createOutside({
    keys,
    fields,
    channel,
    node,
    clock,
    relayOnly: config.ICE_POLICY === "relay",
    failed: failed("could not tell programs of another make"),
  });
}
