import { expect, test } from "bun:test";
import { figuresFrom } from "./figures.ts";

const metrics = `# HELP rendezvous_hosts Hosts in the pool, by state.
# TYPE rendezvous_hosts gauge
rendezvous_hosts{state="idle"} 3
rendezvous_hosts{state="allocated"} 1
rendezvous_hosts{state="busy"} 2
rendezvous_room_peers 7
`;

test("figures come from health and metrics together", () => {
  expect(figuresFrom({ status: "ok", activeUsers: 5, activeMatches: 2 }, metrics)).toEqual({
    hostsFree: 3,
    hostsBusy: 2,
    peers: 7,
    chatters: 5,
    calls: 2,
  });
});

test("what the server does not tell is null, not zero", () => {
  expect(figuresFrom({}, "")).toEqual({ hostsFree: null, hostsBusy: null, peers: null, chatters: null, calls: null });
});
