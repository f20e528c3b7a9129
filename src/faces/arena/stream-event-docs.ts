import { z } from "zod";
import type { MessageDoc, SocketDoc } from "../../transport/websocket/documentation.ts";
import { ofMatch } from "./docs.ts";
import { FRAME, STARTED, WRITTEN } from "./stream-docs.ts";
import { describedFrame } from "./frame-kinds.ts";
import { endBody, framesBody, gameEndBody, startBody } from "./stream-schema.ts";

const { params } = ofMatch;

const port = z.number().nullable();

export const viewerDoc: SocketDoc = {
  id: "watchMatch",
  title: "Watch a match",
  description:
    "Whoever comes late gets `match_start` and the newest frame first. Nothing is expected of viewers; " +
    "`docs/arena-streaming.md` says when the socket is closed.",
  params,
  receives: [],
  sends: [
    {
      name: "match_start",
      summary: "Who plays, and where",
      schema: z.object({
        type: z.literal("match_start"),
        matchId: z.string(),
        stageId: z.number(),
        players: z.array(
          z.object({
            port: z.number(),
            characterId: z.number().nullable(),
            connectCode: z.string().nullable(),
            displayName: z.string().nullable(),
          }),
        ),
      }),
      example: STARTED,
    },
    {
      name: "frame",
      summary: "How it stands",
      schema: z.object({
        type: z.literal("frame"),
        frame: z.int(),
        players: z.array(z.looseObject({ port: z.int() })),
      }),
      example: WRITTEN,
    },
    {
      name: "game_end",
      summary: "A game of the match is over",
      schema: z.object({
        type: z.literal("game_end"),
        gameNumber: z.number(),
        winnerPort: port,
        endMethod: z.string().nullable(),
      }),
      example: { type: "game_end", gameNumber: 1, winnerPort: 1, endMethod: "stocks" },
    },
    {
      name: "match_end",
      summary: "The match is over; the socket is closed soon",
      schema: z.object({
        type: z.literal("match_end"),
        winnerPort: port,
        finalScore: z.array(z.number()).nullable(),
      }),
      example: { type: "match_end", winnerPort: 1, finalScore: [3, 1] },
    },
    {
      name: "ping",
      summary: "A sign of life, every 30 s",
      schema: z.object({ type: z.literal("ping") }),
      example: { type: "ping" },
    },
  ],
};

const typed = <Shape extends z.ZodRawShape>(type: string, body: z.ZodObject<Shape>) =>
  z.object({ type: z.literal(type), ...body.shape });

/** The bodies of the routes of the same names, each with its type. */
const receives: readonly MessageDoc[] = [
  {
    name: "start",
    summary: "Begins the stream",
    schema: typed("start", startBody),
    example: {
      type: "start",
      stage_id: 2,
      players: [
        { port: 1, character_id: 0, connect_code: "SCAV#382" },
        { port: 2, character_id: 8, connect_code: "SCAV#861" },
      ],
    },
  },
  {
    name: "frames",
    summary: "Streams several frames",
    schema: typed("frames", framesBody),
    example: { type: "frames", frames: [FRAME, { ...FRAME, frame: 101 }] },
  },
  {
    name: "frame",
    summary: "Streams one frame",
    schema: z.unknown().meta({
      ...describedFrame,
      required: ["type", ...describedFrame.required],
      properties: { type: { type: "string", const: "frame" }, ...describedFrame.properties },
    }),
    example: { type: "frame", ...FRAME, frame: 102 },
  },
  {
    name: "game_end",
    summary: "Ends a game",
    schema: typed("game_end", gameEndBody),
    example: { type: "game_end", game_number: 1, winner_port: 1, end_method: "stocks" },
  },
  {
    name: "end",
    summary: "Ends the stream",
    schema: typed("end", endBody),
    example: { type: "end", winner_port: 1, final_score: [3, 1] },
  },
];

export const publisherDoc: SocketDoc = {
  id: "streamMatch",
  title: "Stream a match",
  description: "What goes well is not answered.",
  params,
  receives,
  sends: [
    {
      name: "error",
      summary: "A message could not be taken",
      schema: z.object({ type: z.literal("error"), detail: z.union([z.string(), z.array(z.looseObject({}))]) }),
      example: { type: "error", detail: "The stream of this match is full." },
    },
  ],
};
