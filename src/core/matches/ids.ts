/** True for a text that can be an id of ours at all: what no store could keep is looked up in none. */
export function isId(text: string): boolean {
  return /^[\w-]{1,64}$/.test(text);
}
