import type { Migration } from "./migration.ts";

/** In which sessions somebody was, without reading everybody's. */
export const sessionsOfAPlayer: Migration = {
  number: 10,
  name: "sessions-of-a-player",
  statements: () => [`CREATE INDEX session_players_by_player ON session_players (player_id, session)`],
};
