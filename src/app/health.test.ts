import { expect, test } from "bun:test";
import { createVirtualClock } from "../../test/support/virtual-clock.ts";
import type { Face } from "../transport/face.ts";
import { asResponse } from "../transport/http/answer.ts";
import type { Call } from "../transport/http/call.ts";
import { healthGroups } from "./health.ts";
import { createMetrics } from "./metrics.ts";

test("a face whose store is silent holds up neither the health check nor the figures", async () => {
  const clock = createVirtualClock();
  let answers = true;
  const silence = Promise.withResolvers<void>();
  const slow = <Value>(value: Value): Promise<Value> =>
    answers ? Promise.resolve(value) : new Promise(() => undefined);
  const face: Face = {
    name: "arena",
    http: [],
    health: () => slow({ queue_size: 7 }),
    figures() {
      if (!answers) silence.resolve();
      return slow([{ name: "arena_queue", help: "Waiting.", type: "gauge" as const, value: 7 }]);
    },
  };
  const metrics = createMetrics([face], clock, () => []);
  const [health] = healthGroups({
    faces: [face],
    metrics,
    limits: { look: undefined, probe: undefined },
    clock,
    now: () => clock.now(),
    instance: "test",
    isDraining: () => false,
    troubles: () => [],
  });
  const ask = async (): Promise<unknown> =>
    asResponse(await health!.routes[0]!.handle({} as Call<never, never>)).json();

  expect(await ask()).toMatchObject({ status: "ok", queue_size: 7 });
  expect(await metrics.render()).toContain('face_up{face="arena"} 1');
  answers = false;
  const [said, figures] = [ask(), metrics.render()];
  await silence.promise;
  await clock.advance(2_000);
  expect(await said).toMatchObject({ status: "ok", queue_size: 7 });
  expect(await figures).toContain('face_up{face="arena"} 0');
});
