# The host pool as its document describes it, the way a user of FastAPI writes it: one process, one SQLite file, bodies
# checked by models. Hosts come back by themselves, so nothing is synced to disk. Handlers are coroutines that call SQLite
# directly, which is faster here than FastAPI's pool of threads.
#
#   DATA=folder uvicorn host_pool:app
import json
import os
import sqlite3
import time
from typing import Literal, Optional

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

LEASE_SECONDS = int(os.environ.get("HOST_LEASE_SECONDS", "30"))
ALLOCATION_SECONDS = int(os.environ.get("ALLOCATION_SECONDS", "30"))

# A host is idle once `free_at` has passed: an allocation lapses without anybody doing anything.
SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE hosts (
  host_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, region TEXT NOT NULL, status TEXT NOT NULL, public_ip TEXT NOT NULL,
  game_info TEXT NOT NULL, beat_at REAL NOT NULL, expires_at REAL NOT NULL, free_at REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX hosts_by_region ON hosts (region, status, free_at);
"""

BEAT = """
INSERT INTO hosts (host_id, room_id, region, status, public_ip, game_info, beat_at, expires_at)
VALUES (:host_id, :room_id, :region, coalesce(:status, 'idle'), :public_ip, :game_info, :now, :expires_at)
ON CONFLICT (host_id) DO UPDATE SET room_id = excluded.room_id, region = excluded.region,
  status = coalesce(:status, status), public_ip = excluded.public_ip, game_info = excluded.game_info,
  beat_at = excluded.beat_at, expires_at = excluded.expires_at
"""

CLAIM = """
UPDATE hosts SET free_at = :until WHERE host_id = (
  SELECT host_id FROM hosts WHERE region = :region AND status = 'idle' AND free_at <= :now AND expires_at > :now LIMIT 1)
RETURNING room_id
"""

db = sqlite3.connect(os.path.join(os.environ["DATA"], "host-pool.db"), isolation_level=None)
db.executescript(SCHEMA)
app = FastAPI()


class Heartbeat(BaseModel):
    hostId: str = Field(min_length=1, max_length=256)
    roomId: str = Field(min_length=1, max_length=256)
    region: Optional[str] = Field(default=None, min_length=1, max_length=128)
    status: Optional[Literal["idle", "busy"]] = None
    publicIp: Optional[str] = Field(default=None, max_length=64)
    gameInfo: Optional[dict] = None


class Find(BaseModel):
    region: Optional[str] = Field(default=None, max_length=128)


@app.post("/api/host/heartbeat")
async def heartbeat(beat: Heartbeat, request: Request):
    now = time.time()
    db.execute(
        BEAT,
        {
            "host_id": beat.hostId,
            "room_id": beat.roomId,
            "region": beat.region or "local",
            "status": beat.status,
            "public_ip": beat.publicIp or request.client.host,
            "game_info": json.dumps(beat.gameInfo or {"name": "Desktop Session", "specs": "Generic Host"}),
            "now": now,
            "expires_at": now + LEASE_SECONDS,
        },
    )
    return JSONResponse({"success": True, "ttl": LEASE_SECONDS})


@app.post("/api/match/find")
async def find(wish: Find, request: Request):
    now = time.time()
    claim = {"until": now + ALLOCATION_SECONDS, "now": now, "region": wish.region or "local"}
    claimed = db.execute(CLAIM, claim).fetchall()
    if not claimed:
        return JSONResponse({"found": False, "message": "No available hosts in this region."}, status_code=404)
    signaling = f"ws://{request.headers['host']}/signaling"
    return JSONResponse({"found": True, "roomId": claimed[0][0], "signalingUrl": signaling, "iceServers": []})
