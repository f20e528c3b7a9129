import type { Sample } from "../../src/faces/operator/wire.ts";

export type Drawn = "solid" | "dashed" | "dotted";

export interface Line {
  readonly label: string;
  /** One of the style sheet's. */
  readonly colour: 1 | 2 | 3;
  /** Tells lines apart without colours. */
  readonly drawn?: Drawn;
  /** The list of what it counts. */
  readonly href?: string;
  value(sample: Sample): number | null;
}

export interface ChartOptions {
  readonly title: string;
  /** Said behind the title. */
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly format: (value: number | null) => string;
  /** True for what is counted: there is nothing between 1 and 2. */
  readonly isWhole?: boolean;
  /** True for what spreads over magnitudes: each has as much room. Must be above zero. */
  readonly isLogarithmic?: boolean;
}
