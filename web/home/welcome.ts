import { byId } from "../shared/dom.ts";
import { figuresFrom, type Figures } from "./figures.ts";

const EVERY_MS = 3_000;

/** Keeps the figures of the welcome up to date: asks the server how it is, every few seconds while somebody looks. */
export function startWelcome(): void {
  document.addEventListener("visibilitychange", () => void (document.hidden || ask()));
  void keepAsking();
}

async function ask(): Promise<void> {
  try {
    const [state, metrics] = await Promise.all([fetch("/health"), fetch("/metrics")]);
    if (!state.ok) throw new Error(`HTTP ${state.status}`);
    show(figuresFrom((await state.json()) as Record<string, unknown>, metrics.ok ? await metrics.text() : ""));
    say("connected", "The server is well.");
  } catch {
    say("failed", "The server does not answer.");
  }
}

function say(state: string, text: string): void {
  const health = byId("health", HTMLElement);
  // Only what is new: screen readers read it out.
  if (health.textContent === text) return;
  health.dataset["state"] = state;
  health.textContent = text;
}

function show(figures: Figures): void {
  for (const [name, value] of Object.entries(figures)) {
    const place = document.querySelector(`[data-figure="${name}"]`);
    if (place !== null) place.textContent = value === null ? "–" : String(value);
  }
}

async function keepAsking(): Promise<void> {
  if (!document.hidden) await ask();
  setTimeout(() => void keepAsking(), EVERY_MS);
}
