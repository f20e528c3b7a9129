/** How long starting the stores and the nodes, and the scenario itself, may take, in ms. */
export const LONG_MS = 120_000;

/** A test that makes the world that a scenario needs, runs it there, and clears the world away. */
export function on<World extends { stop(): Promise<void> }>(
  make: () => Promise<World>,
  scenario: (world: World) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const world = await make();
    try {
      await scenario(world);
    } finally {
      await world.stop();
    }
  };
}
