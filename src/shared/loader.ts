import DataLoader from 'dataloader';

/**
 * A loader for one request: keys of the same `identity` are asked for once.
 * `load` gets the distinct keys of one batch and answers in their order.
 */
export function createLoader<Key, Value>(
  identity: (key: Key) => string,
  load: (keys: readonly Key[]) => Promise<readonly Value[]>,
): DataLoader<Key, Value, string> {
  return new DataLoader<Key, Value, string>(load, { cacheKeyFn: identity });
}
