"""The arena's queue, matches and results as one would write them with FastAPI and SQLite: one connection, durable."""

import os
import sqlite3
import time
import uuid
from typing import Optional

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

ENTRY_SILENCE = 5 * 60

db = sqlite3.connect(os.environ["ARENA_DB"], isolation_level=None, check_same_thread=False)
db.row_factory = sqlite3.Row
db.executescript(
    """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS queue (
      id INTEGER PRIMARY KEY AUTOINCREMENT, queue_id TEXT NOT NULL UNIQUE, connect_code TEXT NOT NULL,
      fighter_name TEXT, wallet_address TEXT, agent_id INTEGER, status TEXT NOT NULL, match_id TEXT,
      created_at REAL NOT NULL, updated_at REAL NOT NULL);
    CREATE INDEX IF NOT EXISTS queue_waiting ON queue (id) WHERE status = 'waiting';
    CREATE INDEX IF NOT EXISTS queue_code ON queue (connect_code) WHERE status = 'waiting';
    CREATE TABLE IF NOT EXISTS matches (
      match_id TEXT PRIMARY KEY, status TEXT NOT NULL, p1_queue_id TEXT NOT NULL, p2_queue_id TEXT NOT NULL,
      p1_code TEXT, p2_code TEXT, p1_wallet TEXT, p2_wallet TEXT, p1_agent INTEGER, p2_agent INTEGER,
      p1_stocks INTEGER, p2_stocks INTEGER, p1_result TEXT, p2_result TEXT, created_at REAL NOT NULL, completed_at REAL);
    """
)
app = FastAPI()


class Join(BaseModel):
    connect_code: str
    fighter_name: Optional[str] = None
    wallet_address: Optional[str] = None
    agent_id: Optional[int] = None


class Result(BaseModel):
    queue_id: str
    outcome: str
    duration_seconds: Optional[float] = None
    stocks_remaining: Optional[int] = None
    opponent_stocks: Optional[int] = None


class transaction:
    def __enter__(self):
        db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind, *_):
        db.execute("COMMIT" if kind is None else "ROLLBACK")


@app.post("/queue/join")
async def join(body: Join):
    now, queue_id = time.time(), str(uuid.uuid4())
    with transaction():
        db.execute("UPDATE queue SET status = 'cancelled' WHERE status = 'waiting' AND connect_code = ?", [body.connect_code])
        other = db.execute(
            "SELECT * FROM queue WHERE status = 'waiting' AND updated_at > ? ORDER BY id LIMIT 1", [now - ENTRY_SILENCE]
        ).fetchone()
        match_id = None if other is None else str(uuid.uuid4())
        db.execute(
            "INSERT INTO queue (queue_id, connect_code, fighter_name, wallet_address, agent_id, status, match_id,"
            " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [queue_id, body.connect_code, body.fighter_name, body.wallet_address, body.agent_id,
             "waiting" if other is None else "matched", match_id, now, now],
        )
        if other is None:
            return {"queue_id": queue_id, "status": "waiting", "position": 1, "match_id": None,
                    "opponent_code": None, "opponent_wallet": None, "opponent_agent_id": None}
        db.execute("UPDATE queue SET status = 'matched', match_id = ? WHERE id = ?", [match_id, other["id"]])
        db.execute(
            "INSERT INTO matches (match_id, status, p1_queue_id, p2_queue_id, p1_code, p2_code, p1_wallet, p2_wallet,"
            " p1_agent, p2_agent, created_at) VALUES (?, 'playing', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [match_id, other["queue_id"], queue_id, other["connect_code"], body.connect_code, other["wallet_address"],
             body.wallet_address, other["agent_id"], body.agent_id, now],
        )
    return {"queue_id": queue_id, "status": "matched", "position": None, "match_id": match_id,
            "opponent_code": other["connect_code"], "opponent_wallet": other["wallet_address"],
            "opponent_agent_id": other["agent_id"]}


@app.get("/queue/{queue_id}")
async def status(queue_id: str):
    entry = db.execute("SELECT * FROM queue WHERE queue_id = ?", [queue_id]).fetchone()
    if entry is None:
        raise HTTPException(404, "Queue entry not found")
    answer = {"queue_id": queue_id, "status": entry["status"], "position": None, "match_id": entry["match_id"],
              "opponent_code": None, "opponent_wallet": None}
    if entry["status"] == "waiting":
        with transaction():
            db.execute("UPDATE queue SET updated_at = ? WHERE id = ?", [time.time(), entry["id"]])
        ahead = db.execute("SELECT count(*) FROM queue WHERE status = 'waiting' AND id < ?", [entry["id"]]).fetchone()
        return {**answer, "position": ahead[0] + 1}
    if entry["match_id"] is not None:
        match = db.execute("SELECT * FROM matches WHERE match_id = ?", [entry["match_id"]]).fetchone()
        other = "p2" if match["p1_queue_id"] == queue_id else "p1"
        answer.update(opponent_code=match[f"{other}_code"], opponent_wallet=match[f"{other}_wallet"])
    return answer


@app.delete("/queue/{queue_id}")
async def leave(queue_id: str):
    with transaction():
        left = db.execute("UPDATE queue SET status = 'cancelled' WHERE queue_id = ? AND status = 'waiting'", [queue_id])
    return {"success": left.rowcount > 0}


@app.post("/matches/{match_id}/result")
async def result(match_id: str, body: Result):
    with transaction():
        match = db.execute("SELECT * FROM matches WHERE match_id = ?", [match_id]).fetchone()
        if match is None:
            raise HTTPException(404, "Match not found")
        if body.queue_id not in (match["p1_queue_id"], match["p2_queue_id"]):
            raise HTTPException(400, "Not a participant")
        own, other = ("p1", "p2") if match["p1_queue_id"] == body.queue_id else ("p2", "p1")
        db.execute(
            f"UPDATE matches SET {own}_result = ?, {own}_stocks = ? WHERE match_id = ?",
            [body.outcome, body.stocks_remaining or 0, match_id],
        )
        if match[f"{other}_result"] is not None:
            db.execute("UPDATE matches SET status = 'completed', completed_at = ? WHERE match_id = ?", [time.time(), match_id])
    return {"success": True}
