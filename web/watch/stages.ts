/** The outline of a stage; y grows upwards and 0 is its ground. */
export interface Stage {
  readonly name: string;
  /** The ground reaches from -edge to edge. */
  readonly edge: number;
  readonly platforms: readonly { readonly left: number; readonly right: number; readonly y: number }[];
  /** Where fighters are lost. */
  readonly blast: { readonly side: number; readonly top: number; readonly bottom: number };
}

function pair(from: number, to: number, y: number): Stage["platforms"] {
  return [
    { left: from, right: to, y },
    { left: -to, right: -from, y },
  ];
}

/** By the numbers that replays of the game use. */
const stages: ReadonlyMap<number, Stage> = new Map([
  [
    2,
    {
      name: "Fountain of Dreams",
      edge: 63.4,
      platforms: [...pair(21, 49.5, 20), { left: -14.3, right: 14.3, y: 42.8 }],
      blast: { side: 198.8, top: 202.5, bottom: -146.3 },
    },
  ],
  [
    3,
    {
      name: "Pokémon Stadium",
      edge: 87.8,
      platforms: pair(25, 55, 25),
      blast: { side: 230, top: 180, bottom: -111 },
    },
  ],
  [
    8,
    {
      name: "Yoshi's Story",
      edge: 56,
      platforms: [...pair(28, 59.5, 23.5), { left: -15.8, right: 15.8, y: 42 }],
      blast: { side: 175, top: 168, bottom: -91 },
    },
  ],
  [
    28,
    {
      name: "Dream Land",
      edge: 77.3,
      platforms: [...pair(31.7, 63.1, 30.2), { left: -19, right: 19, y: 51.4 }],
      blast: { side: 255, top: 250, bottom: -123 },
    },
  ],
  [
    31,
    {
      name: "Battlefield",
      edge: 68.4,
      platforms: [...pair(20, 57.6, 27.2), { left: -18.8, right: 18.8, y: 54.4 }],
      blast: { side: 224, top: 200, bottom: -108.8 },
    },
  ],
  [32, { name: "Final Destination", edge: 85.6, platforms: [], blast: { side: 246, top: 188, bottom: -140 } }],
]);

const unknown: Stage = {
  name: "",
  edge: 75,
  platforms: [],
  blast: { side: 230, top: 200, bottom: -120 },
};

export function stageOf(id: number | null): Stage {
  return stages.get(id ?? -1) ?? unknown;
}
