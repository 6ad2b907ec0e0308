import { BadUserInput } from '../../shared/errors';
import type { Instant } from '../../shared/instant';
import { parseDocument } from '../../shared/json';
import { Connection, type CursorKind, type PageArguments, requirePageWindow } from '../../shared/pagination';
import { type InstantRange, requireRange } from '../../shared/range';
import { isBigint, isUuid, MAX_LENGTH, requireName, requireUuid, requireUuids } from '../../shared/text';
import type { Cluster } from '../clusters/index';
import {
  componentKey,
  type InstalledComponent,
  type ReportedComponent,
  readComponents,
  writeDocument,
} from '../components/index';
import type { CheckinLoaders } from './checkin.loaders';
import type { CheckinRecorder, Recording } from './checkin.recorder';
import type { Checkin, CheckinRepository } from './checkin.repository';

export type CheckinConnection = Connection<Checkin>;

export interface ListCheckins extends PageArguments {
  filter?: { clusterIds?: readonly string[] | null; createdAt?: InstantRange | null } | null;
}

export interface ListHistory extends PageArguments {
  range?: InstantRange | null;
}

export interface CheckIn {
  clusterId: string;
  components: readonly ReportedComponent[];
  reportedAt?: Instant | null;
  data?: unknown;
}

const FLEET_CURSOR: CursorKind = { tag: 'checkins', isId: isUuid, instant: 'always' };
const HISTORY_CURSOR: CursorKind = { tag: 'cluster.checkins', isId: isBigint, instant: 'always' };

/** A clock that went back further than this has lost its battery. */
const EARLIEST_REPORT: Instant = '2000-01-01T00:00:00.000000Z';
/** Twice a day. */
const NEXT_CHECK_IN_SECONDS = 43_200;

/** What clusters reported, and their reporting in. */
export class CheckinService {
  constructor(
    private readonly repository: CheckinRepository,
    private readonly recorder: CheckinRecorder,
  ) {}

  async checkIn(input: CheckIn): Promise<Recording & { nextCheckInSeconds: number }> {
    const clusterId = requireUuid(input.clusterId, 'input.clusterId');
    requireComponents(input.components);
    const reportedAt = input.reportedAt ?? null;
    if (reportedAt !== null && reportedAt < EARLIEST_REPORT) {
      throw new BadUserInput(
        'input.reportedAt',
        `must not lie before the year 2000; check the cluster's clock.`,
      );
    }
    const document = writeDocument({ clusterId, components: input.components, data: input.data });
    const recording = await this.recorder.record({ clusterId, reportedAt, document });
    if (!recording) {
      throw new BadUserInput(
        'input.reportedAt',
        `must not lie more than 5 minutes in the future; check the cluster's clock, or leave it out.`,
      );
    }
    return { ...recording, nextCheckInSeconds: NEXT_CHECK_IN_SECONDS };
  }

  async list({ filter, ...page }: ListCheckins): Promise<CheckinConnection> {
    const window = requirePageWindow(page, FLEET_CURSOR);
    const createdAt = requireRange(filter?.createdAt, 'filter.createdAt');
    const checked = {
      ...(filter?.clusterIds && { clusterIds: requireUuids(filter.clusterIds, 'filter.clusterIds') }),
      ...(createdAt && { createdAt }),
    };
    return new Connection(await this.repository.listPage(checked, window), window, {
      kind: FLEET_CURSOR,
      position: (checkin) => ({ instant: checkin.createdAt, id: checkin.clusterId }),
      count: () => this.repository.count(checked),
    });
  }

  async history({ id }: Cluster, list: ListHistory, loaders: CheckinLoaders): Promise<CheckinConnection> {
    const window = requirePageWindow(list, HISTORY_CURSOR);
    const range = requireRange(list.range, 'range');
    return new Connection(await loaders.history.load({ clusterId: id, range, window }), window, {
      kind: HISTORY_CURSOR,
      position: (checkin) => ({ instant: checkin.createdAt, id: checkin.id }),
      count: () => loaders.count.load({ clusterId: id, range }),
    });
  }

  count({ id }: Cluster, loaders: CheckinLoaders): Promise<number> {
    return loaders.count.load({ clusterId: id, range: undefined });
  }

  async data(checkin: Checkin, loaders: CheckinLoaders): Promise<unknown> {
    return checkin.document === undefined ? loaders.document.load(checkin) : parseDocument(checkin.document);
  }

  async components(checkin: Checkin, loaders: CheckinLoaders): Promise<InstalledComponent[]> {
    return readComponents(await this.data(checkin, loaders));
  }
}

function requireComponents(components: readonly ReportedComponent[]): void {
  const listed = new Set<string>();
  for (const [index, reported] of components.entries()) {
    const path = `input.components[${index}]`;
    requireName(reported.name, MAX_LENGTH.component, `${path}.name`);
    if (reported.train != null) requireName(reported.train, MAX_LENGTH.train, `${path}.train`);
    requireName(reported.version, MAX_LENGTH.version, `${path}.version`);
    const key = componentKey(reported);
    if (listed.has(key)) {
      throw new BadUserInput(
        path,
        'lists a component and train for the second time; name each once in a report.',
      );
    }
    listed.add(key);
  }
}
