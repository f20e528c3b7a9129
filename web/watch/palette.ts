/** Colours of a picture. Canvases do not know style sheets. */
export interface Palette {
  readonly sky: readonly [top: string, bottom: string];
  readonly far: string;
  readonly ground: string;
  readonly groundEdge: string;
  readonly platform: string;
  readonly ink: string;
  readonly tag: string;
  readonly onTag: string;
  readonly ports: readonly [string, string, string, string];
}

const dark: Palette = {
  sky: ["#0a0e1c", "#171f3d"],
  far: "rgb(120 128 230 / 7%)",
  ground: "#46528f",
  groundEdge: "#a5a6ff",
  platform: "#6f7ad1",
  ink: "#070a14",
  tag: "rgb(7 10 20 / 72%)",
  onTag: "#fff",
  ports: ["#f87171", "#60a5fa", "#fbbf24", "#34d399"],
};

const light: Palette = {
  sky: ["#dfe6fb", "#f8f9ff"],
  far: "rgb(79 70 229 / 7%)",
  ground: "#5b648f",
  groundEdge: "#4f46e5",
  platform: "#6b75b5",
  ink: "#f8f9ff",
  tag: "rgb(255 255 255 / 85%)",
  onTag: "#161a26",
  ports: ["#dc2626", "#2563eb", "#b45309", "#047857"],
};

export function paletteFor(isDark: boolean): Palette {
  return isDark ? dark : light;
}

export function colourOf(port: number, { ports }: Palette): string {
  return ports[(port - 1) & 3]!;
}
