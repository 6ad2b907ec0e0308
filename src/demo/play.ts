import { mapCatalogue, readCatalogue, workflowReleases } from './catalogue';
import type { Ask } from './client';
import { type ClusterPlan, checkinsOf, type PlannedCheckin, planCluster, type Timeline } from './fleet';
import type { Progress } from './progress';
import { findPublished, keyOf, publishMissing, startOf } from './publish';
import { startBefore } from './timeline';

/** What the API takes at once; each cluster's own reports go one after another. */
const CONCURRENCY = 16;
const BATCH = 10;
/** The most ids that a filter takes. */
const MAX_IDS = 500;

export interface Play {
  readonly ask: Ask;
  readonly clusters: number;
  readonly seed: string;
  readonly now: number;
  /** Ends the play after the requests that run; a next one goes on from there. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface Summary {
  readonly start: number;
  readonly versions: number;
  readonly published: number;
  readonly recorded: number;
  readonly duplicates: number;
}

/** Publishes what is missing of the catalogue and lets each cluster report what it has not reported yet. */
export async function play({ ask, clusters, seed, now, signal, progress }: Play): Promise<Summary> {
  const catalogue = readCatalogue();
  const published = await findPublished(ask, catalogue);
  const start = startOf(published, catalogue) ?? startBefore(now);
  const versions = mapCatalogue(catalogue, start);
  const missing = versions.filter((version) => !published.has(keyOf(version)));
  const onProgress = (count: number): void => progress.advance(count);
  try {
    progress.start('Versions to publish', missing.length);
    const created = await publishMissing(ask, missing, { signal, onProgress });
    progress.stop();

    const timeline = { start, releases: workflowReleases(versions) };
    const plans = Array.from({ length: clusters }, (_, index) => planCluster(seed, index));
    const due = await findDue(ask, plans, { timeline, until: now, signal });
    progress.start(
      'Check-ins to report',
      due.reduce((sum, { count }) => sum + count, 0),
    );
    const reported = await report(ask, due, { signal, onProgress });
    return { start, versions: versions.length, published: created, ...reported };
  } finally {
    progress.stop();
  }
}

interface Due {
  readonly id: string;
  readonly count: number;
  readonly checkins: () => Iterable<PlannedCheckin>;
}

interface Span {
  readonly timeline: Timeline;
  readonly until: number;
  readonly signal: AbortSignal;
}

/** Reports go in order, so that a cluster has reported all of its plan up to its last seen instant. */
async function findDue(
  ask: Ask,
  plans: readonly ClusterPlan[],
  { timeline, until, signal }: Span,
): Promise<Due[]> {
  const due: Due[] = [];
  for (let done = 0; done < plans.length && !signal.aborted; done += MAX_IDS) {
    const some = plans.slice(done, done + MAX_IDS);
    const lastSeen = await findLastSeen(
      ask,
      some.map(({ id }) => id),
    );
    for (const plan of some) {
      const range = { after: lastSeen.get(plan.id), until };
      const checkins = (): Iterable<PlannedCheckin> => checkinsOf(plan, timeline, range);
      due.push({ id: plan.id, count: [...checkins()].length, checkins });
    }
  }
  return due;
}

async function findLastSeen(ask: Ask, ids: readonly string[]): Promise<Map<string, number>> {
  const { clusters } = await ask<{ clusters: { nodes: { id: string; lastSeen: string | null }[] } }>(
    `query demoClusters($ids: [ID!]) {
      clusters(first: ${MAX_IDS}, filter: { ids: $ids }, orderBy: ID) { nodes { id lastSeen } }
    }`,
    { ids },
  );
  const seen = clusters.nodes.flatMap(({ id, lastSeen }) =>
    lastSeen === null ? [] : [[id, Date.parse(lastSeen)] as const],
  );
  return new Map(seen);
}

interface Reporting {
  readonly signal: AbortSignal;
  readonly onProgress: (count: number) => void;
}

async function report(ask: Ask, due: readonly Due[], { signal, onProgress }: Reporting) {
  const sum = { recorded: 0, duplicates: 0 };
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const queue = due.values();
  const work = async (): Promise<void> => {
    for (const { id, checkins } of queue) {
      for (const batch of inBatches(checkins())) {
        if (either.aborted) return;
        const duplicates = await reportBatch(ask, id, batch);
        sum.recorded += batch.length - duplicates;
        sum.duplicates += duplicates;
        onProgress(batch.length);
      }
    }
  };
  const workers = Array.from({ length: CONCURRENCY }, () =>
    work().catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  const failure = (await Promise.allSettled(workers)).find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
  return sum;
}

/** How many of the reports had been recorded before. */
async function reportBatch(ask: Ask, clusterId: string, batch: readonly PlannedCheckin[]): Promise<number> {
  const inputs = batch.map(({ reportedAt, release: { version, components } }, index) => {
    const data = { demo: true, workflow: version };
    return [`i${index}`, { clusterId, reportedAt: new Date(reportedAt).toISOString(), components, data }];
  });
  const payloads = await ask<Record<string, { duplicate: boolean }>>(
    checkInDocument(batch.length),
    Object.fromEntries(inputs),
  );
  return Object.values(payloads).filter(({ duplicate }) => duplicate).length;
}

/** The fields of a mutation run one after another, in their order, and none after one that fails. */
function checkInDocument(size: number): string {
  const indexes = [...Array(size).keys()];
  return `mutation demoCheckIn(${indexes.map((index) => `$i${index}: CheckInInput!`).join(', ')}) {
    ${indexes.map((index) => `c${index}: checkIn(input: $i${index}) { duplicate }`).join('\n')}
  }`;
}

function* inBatches(checkins: Iterable<PlannedCheckin>): Generator<PlannedCheckin[]> {
  let batch: PlannedCheckin[] = [];
  for (const checkin of checkins) {
    batch.push(checkin);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
