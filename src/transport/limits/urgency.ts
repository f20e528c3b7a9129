/**
 * In which order work is refused when there is more than can be done in time. First what begins something (`new`: a find,
 * a join), then everything else (`usual`), last what ends or keeps something that was begun (`finish`: a heartbeat, a
 * report). A `probe` is always answered.
 *
 * Handshakes are not refused for this: that costs as much as taking them, and whoever is refused comes back at once, so
 * that a crowd that reconnects would never be in. They pass a turnstile instead, a few in each turn of the event loop.
 */
export type Urgency = "probe" | "finish" | "usual" | "new";
