/** The most that go in one call: more would save little, and Redis does nothing else meanwhile. */
const MOST = 16;

/**
 * What a script says to several callers: an array as JSON, which the client has as one text. To decode many small values
 * one by one takes it longer than all the rest of a call.
 */
export function repliesOf<Reply>(reply: unknown): Reply[] {
  return JSON.parse(reply as string) as Reply[];
}

interface Asked<Item, Answer> {
  readonly item: Item;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Lane<Item, Answer> {
  waiting: Asked<Item, Answer>[];
  underWay: number;
  isDue: boolean;
}

/**
 * Lets questions of one kind share calls. One that comes alone goes at once. Those that come while another is under way
 * go with all others of the same turn of the event loop, up to {@link MOST} in a call, which carries them out in the
 * order they came; so the more there is to do, the less each costs, and nobody waits for company.
 *
 * @param run one call for these, with an answer for each, in their order; what it throws befalls them all
 * @param laneOf what has to be the same of questions that share a call; left out, all may
 */
export function together<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly Answer[]>,
  laneOf: (item: Item) => string = () => "",
): (item: Item) => Promise<Answer> {
  const lanes = new Map<string, Lane<Item, Answer>>();

  const send = async (name: string, lane: Lane<Item, Answer>, group: readonly Asked<Item, Answer>[]): Promise<void> => {
    lane.underWay++;
    try {
      const answers = await run(group.map(({ item }) => item));
      group.forEach(({ resolve }, at) => resolve(answers[at]!));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    lane.underWay--;
    if (lane.underWay === 0 && lane.waiting.length === 0) lanes.delete(name);
  };

  const sendWaiting = (name: string, lane: Lane<Item, Answer>): void => {
    const group = lane.waiting;
    lane.waiting = [];
    if (group.length > 0) void send(name, lane, group);
  };

  return (item) =>
    new Promise((resolve, reject) => {
      const name = laneOf(item);
      let lane = lanes.get(name);
      if (lane === undefined) lanes.set(name, (lane = { waiting: [], underWay: 0, isDue: false }));
      lane.waiting.push({ item, resolve, reject });
      if (lane.underWay === 0 || lane.waiting.length === MOST) sendWaiting(name, lane);
      else if (!lane.isDue) {
        const due = lane;
        due.isDue = true;
        setImmediate(() => {
          due.isDue = false;
          sendWaiting(name, due);
        });
      }
    });
}
