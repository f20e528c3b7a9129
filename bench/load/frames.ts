/** What a viewer gets of one frame. */
export const FRAME_BYTES = 600;

/** Numbers of frames begin here, so that all have as many digits. */
export const FIRST_FRAME = 1_000_000;

/** Where the players are, so exactly that a frame has its bytes. */
const X = [-20.5302734, 23.1523437, 41.7680664];

/** All that a game knows of a player, its fields `spelled` as they come or as they go. */
function players(spelled: (come: string, go: string) => string): object[] {
  return X.map((x, at) => ({
    port: at + 1,
    x,
    y: 0.00010001,
    [spelled("action_state_id", "actionStateId")]: 14,
    [spelled("action_frame", "actionFrame")]: 7,
    [spelled("facing_direction", "facingDirection")]: 1,
    percent: 37.254167,
    stocks: 4,
    [spelled("shield_health", "shieldHealth")]: 60,
    [spelled("is_invincible", "isInvincible")]: false,
    [spelled("is_in_hitstun", "isInHitstun")]: true,
  }));
}

const asItComes = JSON.stringify(players((come) => come));
const asItGoes = JSON.stringify(players((_, go) => go));

/** A frame as an agent sends it to the arena: JSON. */
export const sentFrame = (number: number): string => `{"frame":${number},"players":${asItComes}}`;

/** The same as viewers get it. */
export const shownFrame = (number: number): string => `{"type":"frame","frame":${number},"players":${asItGoes}}`;
