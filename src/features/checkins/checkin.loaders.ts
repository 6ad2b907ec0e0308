import { identityOf } from '../../shared/identity';
import { parseDocument } from '../../shared/json';
import { createLoader } from '../../shared/loader';
import type { Page, PageWindow } from '../../shared/pagination';
import type { InstantRange } from '../../shared/range';
import type { Checkin, CheckinKey, CheckinRepository } from './checkin.repository';

/** Which part of one cluster's history. */
export interface HistoryKey {
  readonly clusterId: string;
  readonly range: InstantRange | undefined;
  readonly window: PageWindow;
}

type CountKey = Omit<HistoryKey, 'window'>;

/** For one request: every batch is one statement for each kind of page that the query's text asks for. */
export function createCheckinLoaders(repository: CheckinRepository) {
  return {
    history: createLoader<HistoryKey, Page<Checkin>>(
      ({ clusterId, range, window }) => identityOf(clusterId, range, window),
      (keys) =>
        bySameArguments(
          keys,
          ({ range, window }) => identityOf(range, window),
          (same) => repository.pagesByClusterIds(same.map(clusterIdOf), same[0]?.range, sharedWindow(same)),
        ),
    ),
    count: createLoader<CountKey, number>(
      ({ clusterId, range }) => identityOf(clusterId, range),
      (keys) =>
        bySameArguments(
          keys,
          ({ range }) => identityOf(range),
          (same) => repository.countsByClusterIds(same.map(clusterIdOf), same[0]?.range),
        ),
    ),
    document: createLoader<CheckinKey, unknown>(
      ({ clusterId, createdAt }) => identityOf(clusterId, createdAt),
      async (keys) => (await repository.documentsByKeys(keys)).map(parseDocument),
    ),
  };
}

export type CheckinLoaders = ReturnType<typeof createCheckinLoaders>;

const clusterIdOf = ({ clusterId }: CountKey): string => clusterId;

function sharedWindow([first]: readonly HistoryKey[]): PageWindow {
  if (!first) throw new Error('an empty batch of histories');
  return first.window;
}

/** Loads keys whose other arguments are the same together, and answers in the order of all keys. */
async function bySameArguments<Key, Value>(
  keys: readonly Key[],
  argumentsOf: (key: Key) => string,
  load: (keys: readonly Key[]) => Promise<readonly Value[]>,
): Promise<Value[]> {
  const groups = new Map<string, Key[]>();
  for (const key of keys) {
    const group = groups.get(argumentsOf(key));
    if (group) group.push(key);
    else groups.set(argumentsOf(key), [key]);
  }
  const values = new Map<Key, Value>();
  const loadGroup = async (group: readonly Key[]): Promise<void> => {
    for (const [index, value] of (await load(group)).entries()) values.set(group[index] as Key, value);
  };
  await Promise.all([...groups.values()].map(loadGroup));
  return keys.map((key) => values.get(key) as Value);
}
