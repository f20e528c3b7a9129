// A lock between processes of one machine, as a file that names its holder.
import { hostname } from "node:os";
import { linkSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 100;
const BEAT_MS = 2_000;
/** A holder beats every two seconds; one that has not for this long is gone, wherever it ran. */
const STALE_MS = 30_000;

/**
 * Runs `work` while holding the lock at `path`, waiting for it if need be.
 *
 * @template T
 * @param {string} path the lock's file
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once if somebody else holds it
 * @returns {Promise<T>}
 * @throws what `work` throws, and file system errors where the lock cannot be written
 */
export async function withLock(path, work, onWait) {
  let told = false;
  while (!take(path)) {
    removeIfStale(path);
    if (!told) onWait?.();
    told = true;
    await pause(POLL_MS);
  }
  const beat = setInterval(() => touch(path), BEAT_MS);
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off("exit", release);
    release();
  }
}

/** Linking is atomic and brings the content along, so that nobody ever sees a lock without its holder. */
function take(path) {
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function removeIfStale(path) {
  const before = read(path);
  if (before === null || !isStale(before)) return;
  // Between two looks somebody may have replaced a stale lock by a live one: that one is not ours to remove.
  const now = read(path);
  if (now !== null && now.text === before.text && isStale(now)) rmSync(path, { force: true });
}

function read(path) {
  try {
    return { text: readFileSync(path, "utf8"), touchedAt: statSync(path).mtimeMs };
  } catch {
    return null;
  }
}

function isStale({ text, touchedAt }) {
  if (Date.now() - touchedAt > STALE_MS) return true;
  const holder = JSON.parse(text);
  return holder.host === hostname() && !isAlive(holder.pid);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function touch(path) {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Somebody took the lock for stale and removed it; the work goes on, and the next one looks again.
  }
}
