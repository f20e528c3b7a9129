/** A second place for paths: whatever is below `from` also answers below `to`. Both start with `/`, neither ends so. */
export interface PathAlias {
  readonly from: string;
  readonly to: string;
}

/** True for the prefix itself and all paths below it; not for paths that merely begin with the same letters. */
export function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

/** A path, and all its other names. */
export function allNames(path: string, aliases: readonly PathAlias[] = []): readonly string[] {
  const others = aliases.filter(({ from }) => isBelow(from, path)).map(({ from, to }) => to + path.slice(from.length));
  return [path, ...others];
}
