// The operators' page: the dashboard for whoever may see it, the welcome and a way to sign in for everybody else.
import type { Overview, Sample } from "../../src/faces/operator/wire.ts";
import { startWelcome } from "../home/welcome.ts";
import { byId } from "../shared/dom.ts";
import { token, type Refused } from "./access.ts";
import { listHref, placeOf, type Place } from "./address.ts";
import { Console } from "./console.ts";
import { element, setAttribute } from "./element.ts";
import { kindNames, kinds } from "./kinds.ts";
import { ListView } from "./list-view.ts";
import { Live } from "./live.ts";
import { ObjectView } from "./object-view.ts";
import { OverviewView } from "./overview-view.ts";
import { SearchView } from "./search-view.ts";
import { offerSignIn } from "./sign-in.ts";
import type { View } from "./view.ts";

/** Sentences that a screen reader can go back to. */
const MOST_SPOKEN = 5;

function welcome(why: string | null): void {
  byId("opening", HTMLElement).remove();
  byId("welcome", HTMLElement).hidden = false;
  document.body.dataset["state"] = "welcome";
  startWelcome();
  offerSignIn(why, () => location.reload());
}

function open(): void {
  let overview: Overview | null = null;
  let samples: readonly Sample[] = [];
  let view: View | null = null;
  const live = new Live({
    state(state) {
      if (state.name === "refused") refuse(state.refusal);
      else top.state(state);
    },
    overview(news) {
      overview = news;
      top.overview(news);
      view?.overview?.(news);
    },
    samples(news) {
      samples = news;
      if (view instanceof OverviewView) view.samples(news);
    },
  });
  const main = byId("main", HTMLElement);
  main.replaceChildren(byId("dashboard", HTMLTemplateElement).content);
  const spoken = byId("spoken", HTMLElement);
  // A log: what comes is read out, each once, and nothing is lost to what comes right after it.
  const announce = (sentence: string): void => {
    spoken.append(element("p", {}, sentence));
    while (spoken.childElementCount > MOST_SPOKEN) spoken.firstElementChild!.remove();
  };
  const top = new Console(live, announce);
  const links = new Map(
    [["overview", "Overview", "#/"], ...kindNames.map((kind) => [kind, kinds[kind].title, listHref(kind)])].map(
      ([name, title, href]) => [name!, element("a", { href: href! }, title!)] as const,
    ),
  );
  byId("kinds", HTMLElement).replaceChildren(...links.values());

  const dashboard = {
    get overview() {
      return overview;
    },
  };
  const show = (isFirst: boolean): void => {
    const place = placeOf(location.hash);
    view?.close?.();
    const shown = viewOf(place);
    view = shown;
    document.title = `${shown.title} · Rendezvous`;
    const current = place.view === "overview" ? "overview" : place.view === "search" ? null : place.kind;
    for (const [name, link] of links) setAttribute(link, "aria-current", name === current ? "page" : null);
    links.get(current ?? "overview")!.scrollIntoView({ block: "nearest", inline: "center" });
    byId("view", HTMLElement).replaceChildren(shown.element);
    if (overview !== null) shown.overview?.(overview);
    if (shown instanceof OverviewView && samples.length > 0) shown.samples(samples);
    // Whoever came by a link hears where they are, and goes on from there.
    if (!isFirst) {
      scrollTo(0, 0);
      shown.element.querySelector("h1")!.focus({ preventScroll: true });
    }
  };
  const viewOf = (place: Place): View => {
    switch (place.view) {
      case "overview":
        return new OverviewView();
      case "list":
        return new ListView(place.kind, place.filter, dashboard);
      case "object":
        return new ObjectView(place.kind, place.id, dashboard);
      case "search":
        return new SearchView(place.q);
    }
  };
  addEventListener("hashchange", () => show(false));
  // Its address would take the place of what is shown.
  document.querySelector(".skip")!.addEventListener("click", (event) => {
    event.preventDefault();
    main.querySelector("h1")!.focus();
  });
  show(true);
  void live.run();
}

/** A token that is no good any more is not kept: the page begins anew, and says why. */
function refuse(refusal: Refused): void {
  token.forget();
  sessionStorage.setItem(WHY, refusal.message);
  location.reload();
}

const WHY = "rendezvous-admin-refusal";
const why = sessionStorage.getItem(WHY);
sessionStorage.removeItem(WHY);
const asksToken = byId("welcome", HTMLElement).dataset["asksToken"] === "yes";

if (why !== null || (asksToken && token.get() === null)) welcome(why);
else open();
