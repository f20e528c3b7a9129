/** What a node says of itself with each beat: which faces it serves. */
export function writeNodeValue(faces: readonly string[]): string {
  return JSON.stringify({ faces });
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
