/**
 * In which order work is refused when there is more than can be done in time. First a `connect`, a handshake: its client
 * comes back by itself. Then what begins something (`new`: a find, a join), then everything else (`usual`), last what
 * ends or keeps something that was begun (`finish`: a heartbeat, a report). A `probe` is always answered.
 */
export type Urgency = "probe" | "finish" | "usual" | "new" | "connect";
