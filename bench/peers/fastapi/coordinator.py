# The coordinator's hosts, zones and sessions as its document describes them, the way a user of FastAPI writes them:
# one process, one SQLite file, bodies checked by models, every write committed to disk before it is answered. Handlers
# are coroutines that call SQLite directly, which is faster here than FastAPI's pool of threads.
#
#   DATA=folder uvicorn coordinator:app
import json
import os
import secrets
import sqlite3
from datetime import datetime, timezone
from typing import List, Optional

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE hosts (
  id INTEGER PRIMARY KEY, host_id TEXT NOT NULL UNIQUE, player_id TEXT NOT NULL, player_name TEXT NOT NULL,
  ip_address TEXT NOT NULL, port INTEGER NOT NULL, public_ip TEXT, cpu_cores INTEGER, cpu_frequency_mhz REAL,
  memory_mb REAL, network_speed_mbps REAL, max_players INTEGER NOT NULL, max_zones INTEGER NOT NULL,
  ice_servers TEXT NOT NULL, status TEXT NOT NULL, quality_score REAL NOT NULL, latency_ms REAL NOT NULL DEFAULT 0,
  packet_loss_percent REAL NOT NULL DEFAULT 0, bandwidth_usage_mbps REAL NOT NULL DEFAULT 0,
  current_players INTEGER NOT NULL DEFAULT 0, current_zones INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL, last_seen_at TEXT NOT NULL);
CREATE INDEX hosts_best ON hosts (status, quality_score DESC);
CREATE TABLE zones (
  id INTEGER PRIMARY KEY, zone_id TEXT NOT NULL UNIQUE, zone_name TEXT NOT NULL, max_players INTEGER NOT NULL,
  p2p_enabled INTEGER NOT NULL, p2p_priority INTEGER NOT NULL, min_host_quality_score REAL NOT NULL,
  status TEXT NOT NULL, active_sessions INTEGER NOT NULL DEFAULT 0, total_players_served INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL);
CREATE INDEX zones_listed ON zones (p2p_priority DESC, zone_name);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY, session_id TEXT NOT NULL UNIQUE, host_id INTEGER NOT NULL, zone_id INTEGER NOT NULL,
  status TEXT NOT NULL, max_players INTEGER NOT NULL, current_players INTEGER NOT NULL DEFAULT 0,
  average_latency_ms REAL NOT NULL DEFAULT 0, created_at TEXT NOT NULL);
CREATE TABLE session_players (
  session INTEGER NOT NULL, player_id TEXT NOT NULL, PRIMARY KEY (session, player_id)) WITHOUT ROWID;
"""

db = sqlite3.connect(os.path.join(os.environ["DATA"], "coordinator.db"), isolation_level=None)
db.row_factory = sqlite3.Row
db.executescript(SCHEMA)
app = FastAPI()


class Host(BaseModel):
    host_id: str = Field(min_length=1, max_length=256)
    player_id: str = Field(min_length=1, max_length=256)
    player_name: str = Field(min_length=1, max_length=256)
    ip_address: str = Field(min_length=1, max_length=255)
    port: int = Field(ge=1, le=65535)
    public_ip: Optional[str] = None
    cpu_cores: Optional[int] = None
    cpu_frequency_mhz: Optional[float] = None
    memory_mb: Optional[float] = None
    network_speed_mbps: Optional[float] = None
    max_players: int = Field(default=50, ge=1)
    max_zones: int = Field(default=5, ge=1)
    ice_servers: List[dict] = []


class Heartbeat(BaseModel):
    latency_ms: float = Field(ge=0)
    packet_loss_percent: float = Field(ge=0, le=100)
    bandwidth_usage_mbps: float = Field(ge=0)
    current_players: int = Field(ge=0)


class Zone(BaseModel):
    zone_id: str = Field(min_length=1, max_length=256)
    zone_name: str = Field(min_length=1, max_length=256)
    max_players: int = Field(default=100, ge=1)
    p2p_enabled: bool = True
    p2p_priority: int = Field(default=0, ge=0)
    min_host_quality_score: float = Field(default=0, ge=0, le=100)


class NewSession(BaseModel):
    host_id: str
    zone_id: str
    max_players: int = Field(default=50, ge=1)


class Player(BaseModel):
    player_id: str = Field(min_length=1, max_length=256)


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def one(query: str, *values):
    return db.execute(query, values).fetchone()


def picked(row, *names) -> dict:
    return {name: row[name] for name in names}


class transaction:
    """All of it, or nothing; on disk when it ends."""

    def __enter__(self):
        db.execute("BEGIN IMMEDIATE")

    def __exit__(self, failed, *_):
        db.execute("ROLLBACK" if failed else "COMMIT")


def the_host(host_id: str):
    row = one("SELECT * FROM hosts WHERE host_id = ?", host_id)
    if row is None:
        raise HTTPException(404, f"Host not found: {host_id}")
    return row


def the_zone(zone_id: str):
    row = one("SELECT * FROM zones WHERE zone_id = ?", zone_id)
    if row is None:
        raise HTTPException(404, f"Zone not found: {zone_id}")
    return row


def the_session(session_id: str):
    row = one("SELECT * FROM sessions WHERE session_id = ?", session_id)
    if row is None:
        raise HTTPException(404, f"Session not found: {session_id}")
    return row


def score(host, beat: Heartbeat) -> float:
    slow = min(40, 0.2 * max(0, beat.latency_ms - 50))
    lost = min(40, 5 * beat.packet_loss_percent)
    used = 5 * beat.current_players / host["max_players"]
    speed = host["network_speed_mbps"]
    busy = 15 * min(1, max(0, (beat.bandwidth_usage_mbps / speed - 0.8) / 0.2)) if speed else 0
    return round(min(100, max(0, 100 - slow - lost - used - busy)), 2)


@app.post("/api/hosts/", status_code=201)
async def register(host: Host):
    values = host.dict()
    values["ice_servers"] = json.dumps(values["ice_servers"])
    values.update(status="ONLINE", quality_score=100.0, created_at=now(), last_seen_at=now())
    names = ", ".join(values)
    places = ", ".join("?" for _ in values)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values if name not in ("host_id", "created_at"))
    with transaction():
        row = one(
            f"INSERT INTO hosts ({names}) VALUES ({places}) ON CONFLICT (host_id) DO UPDATE SET {changes} RETURNING *",
            *values.values(),
        )
    return picked(row, "id", "host_id", "player_id", "status", "quality_score", "created_at")


@app.get("/api/hosts/")
async def list_hosts(
    status: Optional[str] = None,
    min_quality_score: Optional[float] = Query(default=None, ge=0, le=100),
    limit: int = Query(default=1000, ge=1, le=1000),
    offset: int = Query(default=0, ge=0),
):
    wanted, values = [], []
    if status is not None:
        wanted.append("status = ?")
        values.append(status.upper())
    if min_quality_score is not None:
        wanted.append("quality_score >= ?")
        values.append(min_quality_score)
    where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
    query = f"SELECT * FROM hosts {where} ORDER BY quality_score DESC LIMIT ? OFFSET ?"
    rows = db.execute(query, (*values, limit, offset))
    return [picked(row, "id", "host_id", "status", "quality_score") for row in rows]


@app.get("/api/hosts/{host_id}")
async def get_host(host_id: str):
    return picked(
        the_host(host_id),
        *("id", "host_id", "player_id", "player_name", "status", "quality_score"),
        *("current_players", "current_zones", "latency_ms", "packet_loss_percent"),
    )


@app.post("/api/hosts/{host_id}/heartbeat")
async def heartbeat(host_id: str, beat: Heartbeat):
    with transaction():
        host = the_host(host_id)
        quality = score(host, beat)
        status = "BUSY" if beat.current_players >= host["max_players"] else "ONLINE"
        db.execute(
            "UPDATE hosts SET latency_ms = ?, packet_loss_percent = ?, bandwidth_usage_mbps = ?, current_players = ?,"
            " quality_score = ?, status = ?, last_seen_at = ? WHERE id = ?",
            (*beat.dict().values(), quality, status, now(), host["id"]),
        )
    return {"message": "Heartbeat updated", "quality_score": quality}


@app.post("/api/zones/", status_code=201)
async def create_zone(zone: Zone):
    values = dict(zone.dict(), status="ENABLED", created_at=now())
    names, places = ", ".join(values), ", ".join("?" for _ in values)
    with transaction():
        row = one(f"INSERT INTO zones ({names}) VALUES ({places}) RETURNING *", *values.values())
    return dict(picked(row, "id", "zone_id", "zone_name", "status", "created_at"), p2p_enabled=bool(row["p2p_enabled"]))


@app.get("/api/zones/")
async def list_zones(
    p2p_enabled: Optional[bool] = None,
    limit: int = Query(default=1000, ge=1, le=1000),
    offset: int = Query(default=0, ge=0),
):
    where, values = ("", ()) if p2p_enabled is None else ("WHERE p2p_enabled = ?", (p2p_enabled,))
    query = f"SELECT * FROM zones {where} ORDER BY p2p_priority DESC, zone_name LIMIT ? OFFSET ?"
    return [
        dict(picked(row, "id", "zone_id", "zone_name", "status"), p2p_enabled=bool(row["p2p_enabled"]))
        for row in db.execute(query, (*values, limit, offset))
    ]


@app.get("/api/zones/{zone_id}")
async def get_zone(zone_id: str):
    row = the_zone(zone_id)
    shown = picked(row, "id", "zone_id", "zone_name", "status", "active_sessions", "total_players_served")
    return dict(shown, p2p_enabled=bool(row["p2p_enabled"]))


@app.post("/api/sessions/", status_code=201)
async def create_session(session: NewSession):
    with transaction():
        host, zone = the_host(session.host_id), the_zone(session.zone_id)
        if host["status"] != "ONLINE" or host["current_zones"] >= host["max_zones"]:
            raise HTTPException(400, f"Host is not available: {session.host_id}")
        if not zone["p2p_enabled"] or host["quality_score"] < zone["min_host_quality_score"]:
            raise HTTPException(400, f"Host does not meet the zone's requirements: {session.zone_id}")
        row = one(
            "INSERT INTO sessions (session_id, host_id, zone_id, status, max_players, created_at)"
            " VALUES (?, ?, ?, 'PENDING', ?, ?) RETURNING *",
            *(f"session-{secrets.token_hex(16)}", host["id"], zone["id"], session.max_players, now()),
        )
        db.execute("UPDATE hosts SET current_zones = current_zones + 1 WHERE id = ?", (host["id"],))
    return dict(row)


@app.get("/api/sessions/{session_id}")
async def get_session(session_id: str):
    row = the_session(session_id)
    players = db.execute("SELECT player_id FROM session_players WHERE session = ?", (row["id"],))
    shown = picked(row, "id", "session_id", "host_id", "zone_id", "status", "current_players", "average_latency_ms")
    return dict(shown, connected_players=[player_id for player_id, in players])


@app.post("/api/sessions/{session_id}/activate")
async def activate(session_id: str):
    with transaction():
        row = the_session(session_id)
        if row["status"] != "PENDING":
            raise HTTPException(400, "Session is not pending")
        db.execute("UPDATE sessions SET status = 'ACTIVE' WHERE id = ?", (row["id"],))
        db.execute("UPDATE zones SET active_sessions = active_sessions + 1 WHERE id = ?", (row["zone_id"],))
    return {"message": "Session activated successfully"}


@app.post("/api/sessions/{session_id}/players")
async def add_player(session_id: str, player: Player):
    with transaction():
        row = the_session(session_id)
        if row["current_players"] >= row["max_players"]:
            raise HTTPException(400, f"Failed to add player {player.player_id} to session {row['id']}")
        db.execute("INSERT INTO session_players VALUES (?, ?)", (row["id"], player.player_id))
        db.execute("UPDATE sessions SET current_players = current_players + 1 WHERE id = ?", (row["id"],))
        db.execute("UPDATE zones SET total_players_served = total_players_served + 1 WHERE id = ?", (row["zone_id"],))
    return {"message": f"Player {player.player_id} added to session {row['id']}"}


@app.post("/api/sessions/{session_id}/end")
async def end(session_id: str):
    with transaction():
        row = the_session(session_id)
        if row["status"] not in ("PENDING", "ACTIVE"):
            raise HTTPException(400, "Session is not open")
        db.execute("DELETE FROM session_players WHERE session = ?", (row["id"],))
        db.execute("UPDATE sessions SET status = 'ENDED', current_players = 0 WHERE id = ?", (row["id"],))
        db.execute("UPDATE hosts SET current_zones = current_zones - 1 WHERE id = ?", (row["host_id"],))
        if row["status"] == "ACTIVE":
            db.execute("UPDATE zones SET active_sessions = active_sessions - 1 WHERE id = ?", (row["zone_id"],))
    return {"message": "Session ended successfully"}
