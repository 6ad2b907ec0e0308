/** The demo's grid: clusters check in every 12 hours. */
export const SLOT_MS = 12 * 3_600_000;

/** How far back the fleet's history goes at the first run; later runs extend it to their present. */
const WINDOW_MS = 90 * 86_400_000;

/** Where the window starts at a first run: 90 days ago, on the 12-hour grid of UTC. */
export function startBefore(now: number): number {
  return Math.floor((now - WINDOW_MS) / SLOT_MS) * SLOT_MS;
}

/** Whether an instant can be a window's start. */
export function isStart(instant: number): boolean {
  return instant % SLOT_MS === 0;
}

/**
 * Maps real release times linearly onto the window: the first falls on its start, the last on its end. Whole seconds,
 * so that what comes back from the API compares exactly.
 */
export function mapOnto(start: number, real: { first: number; last: number }): (instant: number) => number {
  const scale = WINDOW_MS / (real.last - real.first);
  return (instant) => start + Math.round(((instant - real.first) * scale) / 1000) * 1000;
}
