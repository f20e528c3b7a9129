/** Where fighters stand and where they are lost; y grows upwards, 0 is the ground. */
export interface Stage {
  /** As replays of the game number them. */
  readonly id: number;
  /** The ground reaches from -edge to edge. */
  readonly edge: number;
  /** Floors one can jump through. */
  readonly platforms: readonly { readonly left: number; readonly right: number; readonly y: number }[];
  readonly blast: { readonly side: number; readonly top: number; readonly bottom: number };
}

function pair(from: number, to: number, y: number): Stage["platforms"] {
  return [
    { left: from, right: to, y },
    { left: -to, right: -from, y },
  ];
}

/** Of the stages that tournaments play. */
export const stages: readonly [Stage, ...Stage[]] = [
  {
    id: 31,
    edge: 68.4,
    platforms: [...pair(20, 57.6, 27.2), { left: -18.8, right: 18.8, y: 54.4 }],
    blast: { side: 224, top: 200, bottom: -108.8 },
  },
  { id: 32, edge: 85.6, platforms: [], blast: { side: 246, top: 188, bottom: -140 } },
  {
    id: 28,
    edge: 77.3,
    platforms: [...pair(31.7, 63.1, 30.2), { left: -19, right: 19, y: 51.4 }],
    blast: { side: 255, top: 250, bottom: -123 },
  },
  {
    id: 8,
    edge: 56,
    platforms: [...pair(28, 59.5, 23.5), { left: -15.8, right: 15.8, y: 42 }],
    blast: { side: 175, top: 168, bottom: -91 },
  },
  {
    id: 3,
    edge: 87.8,
    platforms: pair(25, 55, 25),
    blast: { side: 230, top: 180, bottom: -111 },
  },
];
