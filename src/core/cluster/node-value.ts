/** What a node says of itself with each beat: which faces it serves, and which version of the program it is. */
export function writeNodeValue(faces: readonly string[], version?: string): string {
  return JSON.stringify({ faces, version });
}

/** Null if the node does not say. */
export function versionOf(value: string): string | null {
  try {
    const { version } = JSON.parse(value) as { readonly version?: unknown };
    return typeof version === "string" ? version : null;
  } catch {
    return null;
  }
}

/** The faces that a node serves; of a dead one, those that nobody has cleared up yet. Null if it does not say. */
export function facesOf(value: string): readonly string[] | null {
  try {
    const { faces } = JSON.parse(value) as { readonly faces?: unknown };
    return Array.isArray(faces) ? faces.map(String) : null;
  } catch {
    return null;
  }
}
