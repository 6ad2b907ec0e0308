import { randomUUID } from 'node:crypto';
import type { TestApp } from './app';

export interface ComponentInput {
  name: string;
  train?: string;
  version: string;
  description?: string;
  releasedAt?: string;
  data?: unknown;
}

/** A component as most tests need one. */
export function component(
  name = 'router',
  version = 'v1.0.0',
  train: string | undefined = 'stable',
): ComponentInput {
  return train === undefined ? { name, version } : { name, version, train };
}

/** A cluster checks in; everything its tests look at. */
export async function checkIn(
  app: TestApp,
  input: { clusterId?: string; components?: ComponentInput[]; reportedAt?: string; data?: unknown } = {},
) {
  const { checkIn: payload } = await app.query(
    `mutation ($input: CheckInInput!) {
      checkIn(input: $input) {
        duplicate
        nextCheckInSeconds
        checkin { id createdAt data }
        cluster { id firstSeen lastSeen data }
      }
    }`,
    { input: { clusterId: randomUUID(), components: [component()], ...input } },
  );
  return payload;
}

/** A release pipeline publishes a version. */
export async function publish(
  app: TestApp,
  version: string,
  releasedAt: string,
  {
    component = 'router',
    train = 'stable',
    data,
  }: { component?: string; train?: string; data?: unknown } = {},
) {
  const { publishVersion } = await app.query(
    `mutation ($input: PublishVersionInput!) {
      publishVersion(input: $input) {
        created
        componentVersion { id component train version releasedAt data isLatest }
      }
    }`,
    { input: { component, train, version, releasedAt, data } },
  );
  return publishVersion;
}

/** A UUID that sorts by its number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}
