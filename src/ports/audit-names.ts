/** How entries name somebody. All of it is compared character by character. */
export interface Named {
  /** Targets. */
  readonly whole: readonly string[];
  /** What targets begin with; each ends with a character of ASCII. */
  readonly beginnings: readonly string[];
  /** Details of tickets of the arena, as earlier versions wrote them. */
  readonly details: readonly string[];
}

/** What stands before a name in an id; see `Item.id`. An operator may have taken one object for another. */
const FACES = ["arena", "coordinator", "host-pool", "video-chat"];

/** How ids of what operators look at name an address: as itself, and as that of a device. Nobody is named who is only called alike. */
export function mentionsOfAddress(email: string): Named {
  return { whole: [email], beginnings: [`${email}/`], details: [] };
}

/** The same of players, hosts of theirs, connect codes and wallets. */
export function mentionsOfPlayers(names: readonly string[]): Named {
  const whole = names.flatMap((name) => [name, ...FACES.map((face) => `${face}:${name}`)]);
  return { whole, beginnings: [], details: names.map((name) => `${name} waits no longer.`) };
}

/** True for a target that names them. */
export function isNamed({ whole, beginnings }: Named, target: string): boolean {
  return whole.includes(target) || beginnings.some((beginning) => target.startsWith(beginning));
}
