import type { Overview } from "../../src/faces/operator/wire.ts";

/** What fills the page. */
export interface View {
  readonly element: HTMLElement;
  /** Of the window. */
  readonly title: string;
  /** There are new figures. */
  overview?(overview: Overview): void;
  close?(): void;
}

export interface Dashboard {
  /** The newest figures; null before there are any. */
  readonly overview: Overview | null;
}
