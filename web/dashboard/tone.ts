/** How a state is meant; style sheets give each its colour, beside the word that says it. */
export type Tone = "good" | "busy" | "warn" | "bad" | "plain";

const tones: Readonly<Record<Exclude<Tone, "plain">, readonly string[]>> = {
  good: [
    "up",
    "idle",
    "online",
    "live",
    "active",
    "available",
    "completed",
    "done",
    "connected",
    "signed",
    "ok",
    "met",
  ],
  busy: ["busy", "allocated", "in_progress", "playing", "talking", "matched", "in_match", "ready", "connecting"],
  warn: ["draining", "maintenance", "waiting", "pending", "disputed", "starting", "away"],
  bad: ["gone", "offline", "failed", "error", "refused", "expired", "cancelled"],
};

const byState = new Map(
  Object.entries(tones).flatMap(([tone, states]) => states.map((state) => [state, tone as Tone] as const)),
);

/** A state as people write it: `in_progress` is `in progress`. */
export function stateWords(state: string): string {
  return state.replaceAll("_", " ").toLowerCase();
}

export function toneOf(state: string): Tone {
  return byState.get(state.toLowerCase()) ?? "plain";
}
