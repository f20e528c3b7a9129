/** Something that must not happen. */
export interface Trouble {
  /** The same for all of one kind, of which one is enough. */
  readonly kind: string;
  readonly what: string;
}
