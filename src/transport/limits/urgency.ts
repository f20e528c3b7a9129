/**
 * In which order work is refused when there is more than can be done in time, the last first: what begins something
 * (`new`: a find, a join, a handshake), everything else (`usual`), what ends or keeps something that was begun
 * (`finish`: a heartbeat, a report). A `probe` is always answered.
 */
export type Urgency = "probe" | "finish" | "usual" | "new";
