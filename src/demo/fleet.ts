import { createHash } from 'node:crypto';
import type { WorkflowRelease } from './catalogue';
import { SLOT_MS } from './timeline';

const DAY_MS = 86_400_000;
/** Every 30 days a cluster may fall silent once and come back. */
const SEASON_SLOTS = 60;
const PAUSE_CHANCE = 0.12;
const MISS_CHANCE = 0.02;
/** All clusters appear within the first 85 days. */
const LAST_APPEARANCE = 170;

/**
 * What one cluster does for all time, in slots of the grid counted from the window's start. It depends on the
 * seed and the cluster's index alone, so that a later run, or one with more clusters, finds the same plan.
 */
export interface ClusterPlan {
  readonly id: string;
  /** Its place within every slot. */
  readonly offsetMs: number;
  /** The slot of its first check-in. */
  readonly appears: number;
  /** The slot of its last check-in; Infinity for most. */
  readonly gone: number;
  /** How long after a release it upgrades; Infinity if it stays with what it installed first. */
  readonly lagMs: number;
  readonly phase: number;
  readonly pauseSeed: number;
  readonly missSeed: number;
}

/** The releases on the window, oldest first. */
export interface Timeline {
  readonly start: number;
  readonly releases: readonly WorkflowRelease[];
}

export interface PlannedCheckin {
  readonly reportedAt: number;
  readonly release: WorkflowRelease;
}

/** The plan of the cluster with this index. */
export function planCluster(seed: string, index: number): ClusterPlan {
  const digest = createHash('sha256').update(`${seed}\n${index}`).digest();
  const traits = digest.readUInt32LE(16);
  const appears = random(traits, 0) < 0.5 ? dice(traits, 1, 3) : dice(traits, 1, LAST_APPEARANCE + 1);
  const leaves = random(traits, 2) < 0.15;
  return {
    id: uuidOf(digest),
    offsetMs: dice(traits, 3, SLOT_MS / 1000) * 1000,
    appears,
    gone: leaves ? appears + 2 + dice(traits, 4, LAST_APPEARANCE + 8 - appears) : Number.POSITIVE_INFINITY,
    lagMs: lag(random(traits, 5), random(traits, 6)),
    phase: dice(traits, 7, SEASON_SLOTS),
    pauseSeed: digest.readUInt32LE(20),
    missSeed: digest.readUInt32LE(24),
  };
}

/** What a cluster has to report after the instant `after` (undefined: ever) and until `until`, oldest first. */
export function* checkinsOf(
  plan: ClusterPlan,
  { start, releases }: Timeline,
  { after, until }: { after: number | undefined; until: number },
): Generator<PlannedCheckin> {
  const origin = start + plan.offsetMs;
  const installed = newestBy(origin + plan.appears * SLOT_MS, releases);
  const next = after === undefined ? 0 : Math.floor((after - origin) / SLOT_MS) + 1;
  const last = Math.min(plan.gone, Math.floor((until - origin) / SLOT_MS));
  for (let slot = Math.max(next, plan.appears); slot <= last; slot++) {
    if (!reports(plan, slot)) continue;
    const reportedAt = origin + slot * SLOT_MS;
    const index = Math.max(installed, newestBy(reportedAt - plan.lagMs, releases));
    const release = releases[index];
    if (release) yield { reportedAt, release };
  }
}

function reports(plan: ClusterPlan, slot: number): boolean {
  if (slot === plan.appears) return true;
  return !isPaused(plan, slot) && random(plan.missSeed, slot) >= MISS_CHANCE;
}

/** In some seasons a cluster is silent for 2 to 10 days. */
function isPaused({ phase, pauseSeed }: ClusterPlan, slot: number): boolean {
  const season = Math.floor((slot + phase) / SEASON_SLOTS);
  if (random(pauseSeed, 3 * season) >= PAUSE_CHANCE) return false;
  const begins = dice(pauseSeed, 3 * season + 1, 40);
  const ends = begins + 4 + dice(pauseSeed, 3 * season + 2, 17);
  const slotOfSeason = slot + phase - season * SEASON_SLOTS;
  return slotOfSeason >= begins && slotOfSeason < ends;
}

/** Some upgrade at once, most within days, some after weeks, a few never. */
function lag(kind: number, share: number): number {
  if (kind < 0.3) return share * 1.5 * DAY_MS;
  if (kind < 0.7) return (2 + share * 10) * DAY_MS;
  if (kind < 0.9) return (14 + share * 26) * DAY_MS;
  return Number.POSITIVE_INFINITY;
}

/** The index of the newest release by then; -1 if there is none. */
function newestBy(instant: number, releases: readonly WorkflowRelease[]): number {
  return releases.findLastIndex(({ releasedAt }) => releasedAt <= instant);
}

/** A version 4 UUID of the digest's first 16 bytes. */
function uuidOf(digest: Buffer): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A whole number from 0 to below `sides`. */
function dice(seed: number, turn: number, sides: number): number {
  return Math.floor(random(seed, turn) * sides);
}

/** The number of a turn, from 0 to below 1: mulberry32, whose every turn can be had without the ones before. */
function random(seed: number, turn: number): number {
  let mixed = (seed + Math.imul(turn + 1, 0x6d2b79f5)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
