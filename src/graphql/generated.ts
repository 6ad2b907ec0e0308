// Made by `npm run generate` from schema.graphql. Do not edit.
import type { Instant } from '../shared/instant';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Cluster as ClusterModel, ClusterConnection as ClusterConnectionModel } from '../features/clusters/index';
import type { Checkin as CheckinModel, CheckinConnection as CheckinConnectionModel } from '../features/checkins/index';
import type { InstalledComponent as InstalledComponentModel } from '../features/components/index';
import type { ComponentVersion as ComponentVersionModel, ComponentVersionConnection as ComponentVersionConnectionModel } from '../features/versions/index';
import type { Context } from './context';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /**
   * An instant, as RFC 3339 writes it. Out: UTC with six digits, e.g. `2026-03-31T23:54:39.123456Z`.
   * In: any offset, years 0001 to 9999; what is finer than microseconds is truncated.
   */
  DateTime: { input: Instant; output: Instant; }
  /** Any JSON value. Numbers that a double cannot hold, U+0000 and lone surrogates are refused; at most 64 levels deep. */
  JSON: { input: unknown; output: unknown; }
};

/** Everything that can be read. */
export type Query = {
  __typename?: 'Query';
  /** One cluster, or null if it never checked in. An id that is no UUID is BAD_USER_INPUT. */
  cluster?: Maybe<Cluster>;
  /** The fleet's clusters. Default order: last seen, newest first; unknown instants last in every order. */
  clusters: ClusterConnection;
  /** Check-ins of the whole fleet, newest first. */
  checkins: CheckinConnection;
  /** One published version, or null if the catalogue does not know it. */
  componentVersion?: Maybe<ComponentVersion>;
  /** The catalogue, newest release first; versions without a release time come last. */
  componentVersions: ComponentVersionConnection;
  /** The latest version of each component on a train: same length and order as `of`, null where nothing is published. */
  latestVersions: Array<Maybe<ComponentVersion>>;
};


/** Everything that can be read. */
export type QueryClusterArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. */
export type QueryClustersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ClusterFilter>;
  orderBy?: InputMaybe<ClusterOrder>;
};


/** Everything that can be read. */
export type QueryCheckinsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CheckinFilter>;
};


/** Everything that can be read. */
export type QueryComponentVersionArgs = {
  component: Scalars['String']['input'];
  train: Scalars['String']['input'];
  version: Scalars['String']['input'];
};


/** Everything that can be read. */
export type QueryComponentVersionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<ComponentVersionFilter>;
};


/** Everything that can be read. */
export type QueryLatestVersionsArgs = {
  of: Array<ComponentTrainInput>;
};

/** Everything that can be written. */
export type Mutation = {
  __typename?: 'Mutation';
  /** A cluster reports in. Creates the cluster at its first report. */
  checkIn: CheckInPayload;
  /** Creates the version, or replaces release time and data of the same component + train + version. */
  publishVersion: PublishVersionPayload;
};


/** Everything that can be written. */
export type MutationCheckInArgs = {
  input: CheckInInput;
};


/** Everything that can be written. */
export type MutationPublishVersionArgs = {
  input: PublishVersionInput;
};

/** One installation in the wild, known only by a UUID that it chose for itself. */
export type Cluster = {
  __typename?: 'Cluster';
  /** The cluster's UUID, in lower case. */
  id: Scalars['ID']['output'];
  /** The instant of the earliest check-in. Null only for a cluster taken over from an old database that holds no check-in of it. */
  firstSeen?: Maybe<Scalars['DateTime']['output']>;
  /** The instant of the latest check-in. Null only for a cluster taken over from an old database that holds no check-in of it. */
  lastSeen?: Maybe<Scalars['DateTime']['output']>;
  /** The document of the latest report, as stored. */
  data?: Maybe<Scalars['JSON']['output']>;
  /** What the latest report lists. */
  components: Array<InstalledComponent>;
  /** The cluster's check-ins, newest first. */
  checkins: CheckinConnection;
  /** How many check-ins of this cluster are stored. */
  checkinCount: Scalars['Int']['output'];
};


/** One installation in the wild, known only by a UUID that it chose for itself. */
export type ClusterCheckinsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  range?: InputMaybe<DateTimeRange>;
};

/** A page of clusters. */
export type ClusterConnection = {
  __typename?: 'ClusterConnection';
  /** The clusters with their cursors. */
  edges: Array<ClusterEdge>;
  /** The clusters without cursors. */
  nodes: Array<Cluster>;
  /** Where this page stands. */
  pageInfo: PageInfo;
  /** How many clusters match, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A cluster and its place in the list. */
export type ClusterEdge = {
  __typename?: 'ClusterEdge';
  /** The place, for `after` and `before` of the same field and order. */
  cursor: Scalars['String']['output'];
  /** The cluster. */
  node: Cluster;
};

/** Which clusters: those that match every member given here. */
export type ClusterFilter = {
  /** The clusters with these ids, at most 500; unknown ids are passed over. */
  ids?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Clusters first seen within this range. */
  firstSeen?: InputMaybe<DateTimeRange>;
  /** Clusters last seen within this range. */
  lastSeen?: InputMaybe<DateTimeRange>;
  /** Clusters whose latest report lists a component that matches every member given here. */
  runs?: InputMaybe<InstalledComponentFilter>;
};

/** The order of clusters. While clusters check in, only ID pages them all exactly once: a cluster may move past the cursor of an order by last seen. */
export type ClusterOrder =
  /** Last seen, newest first. */
  | 'LAST_SEEN_DESC'
  /** Last seen, oldest first. */
  | 'LAST_SEEN_ASC'
  /** First seen, newest first. */
  | 'FIRST_SEEN_DESC'
  /** First seen, oldest first. */
  | 'FIRST_SEEN_ASC'
  /** By id. No cluster is missed or visited twice, whatever is written meanwhile. */
  | 'ID';

/** One report from one cluster at one instant. Never edited after it is written. */
export type Checkin = {
  __typename?: 'Checkin';
  /** The report's number (`checkins_id`). */
  id: Scalars['ID']['output'];
  /** The instant of the report. */
  createdAt: Scalars['DateTime']['output'];
  /** The report's document, as stored. */
  data?: Maybe<Scalars['JSON']['output']>;
  /** What the report lists. */
  components: Array<InstalledComponent>;
  /** The cluster that reported. */
  cluster: Cluster;
};

/** A page of check-ins. */
export type CheckinConnection = {
  __typename?: 'CheckinConnection';
  /** The check-ins with their cursors. */
  edges: Array<CheckinEdge>;
  /** The check-ins without cursors. */
  nodes: Array<Checkin>;
  /** Where this page stands. */
  pageInfo: PageInfo;
  /** How many check-ins match, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A check-in and its place in the list. */
export type CheckinEdge = {
  __typename?: 'CheckinEdge';
  /** The place, for `after` and `before` of the same field. */
  cursor: Scalars['String']['output'];
  /** The check-in. */
  node: Checkin;
};

/** Which check-ins: those that match every member given here. */
export type CheckinFilter = {
  /** Check-ins of the clusters with these ids, at most 500. */
  clusterIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Check-ins within this range. */
  createdAt?: InputMaybe<DateTimeRange>;
};

/** A component as a report lists it. */
export type InstalledComponent = {
  __typename?: 'InstalledComponent';
  /** The component's name. */
  name: Scalars['String']['output'];
  /** What the report says about the component. */
  description?: Maybe<Scalars['String']['output']>;
  /** The train that the version belongs to; null if the report names none. */
  train?: Maybe<Scalars['String']['output']>;
  /** The installed version; empty if the report names none. */
  version: Scalars['String']['output'];
  /** What else the report says about the installed version. */
  data?: Maybe<Scalars['JSON']['output']>;
  /** The latest version of this component on this train: the newest releasedAt that is not in the future; ties go to the larger id; undated versions only if nothing on the train is dated. */
  latest?: Maybe<ComponentVersion>;
  /** How the installed version stands to the catalogue. */
  freshness: Freshness;
};

/** How an installed version stands to the catalogue. */
export type Freshness =
  /** Runs the latest version of its train, or a published one that is dated after it. */
  | 'CURRENT'
  /** A newer version is released on its train. */
  | 'OUTDATED'
  /** The report names no train, or the catalogue does not know this component, train and version, or knows it without a release time. */
  | 'UNKNOWN';

/** What a cluster reports. */
export type CheckInInput = {
  /** The UUID that the cluster chose for itself (8-4-4-4-12 hexadecimal digits, any case). */
  clusterId: Scalars['ID']['input'];
  /** Every component that the cluster runs; the same name twice only on different trains. */
  components: Array<InstalledComponentInput>;
  /** When the cluster took the reading: from the year 2000 to 5 minutes from now. If absent, the database's clock, or a microsecond after lastSeen where that is later. The same cluster and instant twice is one check-in. */
  reportedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Anything else the cluster reports; kept in the stored document under `data`. */
  data?: InputMaybe<Scalars['JSON']['input']>;
};

/** One component that a cluster runs. */
export type InstalledComponentInput = {
  /** The component's name, at most 64 characters. */
  name: Scalars['String']['input'];
  /** What the component is, in words. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The train that the version belongs to, at most 24 characters. */
  train?: InputMaybe<Scalars['String']['input']>;
  /** The installed version, at most 32 characters. */
  version: Scalars['String']['input'];
  /** When the installed version was released, as far as the cluster knows. */
  releasedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Anything else about the installed version. */
  data?: InputMaybe<Scalars['JSON']['input']>;
};

/** What a cluster learns from checking in. */
export type CheckInPayload = {
  __typename?: 'CheckInPayload';
  /** The report as it is recorded. */
  checkin: Checkin;
  /** The cluster after the report. */
  cluster: Cluster;
  /** True when this report had been recorded before. */
  duplicate: Scalars['Boolean']['output'];
  /** When to check in next, in seconds. */
  nextCheckInSeconds: Scalars['Int']['output'];
};

/** The authoritative record of a version of a component on a train. */
export type ComponentVersion = {
  __typename?: 'ComponentVersion';
  /** The record's number (`version_id`). */
  id: Scalars['ID']['output'];
  /** The component's name. */
  component: Scalars['String']['output'];
  /** The train's name. */
  train: Scalars['String']['output'];
  /** The version. */
  version: Scalars['String']['output'];
  /** The release timestamp; null only in records taken over from an old database. */
  releasedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The publisher's document. */
  data?: Maybe<Scalars['JSON']['output']>;
  /** Whether this is the latest version of its component on its train (see InstalledComponent.latest). */
  isLatest: Scalars['Boolean']['output'];
};

/** A page of component versions. */
export type ComponentVersionConnection = {
  __typename?: 'ComponentVersionConnection';
  /** The versions with their cursors. */
  edges: Array<ComponentVersionEdge>;
  /** The versions without cursors. */
  nodes: Array<ComponentVersion>;
  /** Where this page stands. */
  pageInfo: PageInfo;
  /** How many versions match, on all pages. Counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A component version and its place in the list. */
export type ComponentVersionEdge = {
  __typename?: 'ComponentVersionEdge';
  /** The place, for `after` and `before` of the same field. */
  cursor: Scalars['String']['output'];
  /** The component version. */
  node: ComponentVersion;
};

/** Which component versions: those that match every member given here. */
export type ComponentVersionFilter = {
  /** Versions of this component. */
  component?: InputMaybe<Scalars['String']['input']>;
  /** Versions on this train. */
  train?: InputMaybe<Scalars['String']['input']>;
  /** Versions released within this range. */
  releasedAt?: InputMaybe<DateTimeRange>;
};

/** A component on a train. */
export type ComponentTrainInput = {
  /** The component's name, at most 64 characters. */
  component: Scalars['String']['input'];
  /** The train's name, at most 24 characters. */
  train: Scalars['String']['input'];
};

/** A component that a report lists. */
export type InstalledComponentFilter = {
  /** The component's name. */
  component: Scalars['String']['input'];
  /** The train it is reported on; any, or none, if absent. */
  train?: InputMaybe<Scalars['String']['input']>;
  /** The version reported; any if absent. */
  version?: InputMaybe<Scalars['String']['input']>;
};

/** A version to publish. */
export type PublishVersionInput = {
  /** The component's name, at most 64 characters. */
  component: Scalars['String']['input'];
  /** The train's name, at most 24 characters. */
  train: Scalars['String']['input'];
  /** The version, at most 32 characters. */
  version: Scalars['String']['input'];
  /** The release timestamp. May lie in the future: the version is latest from then on. */
  releasedAt: Scalars['DateTime']['input'];
  /** Anything about the release: notes, fixes, image … */
  data?: InputMaybe<Scalars['JSON']['input']>;
};

/** What publishing did. */
export type PublishVersionPayload = {
  __typename?: 'PublishVersionPayload';
  /** The version as it is recorded. */
  componentVersion: ComponentVersion;
  /** True if the version is new, false if it replaced release time and data. */
  created: Scalars['Boolean']['output'];
};

/** Where a page stands in its list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Whether more follow when paging forward (`first`); when paging backward, whether `before` was given. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether more precede when paging backward (`last`); when paging forward, whether `after` was given. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item, null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
  /** The cursor of the last item, null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
};

/** A range of instants: `from` is included, `to` is not. A range that can hold nothing is BAD_USER_INPUT. */
export type DateTimeRange = {
  /** The first instant of the range; open if absent. */
  from?: InputMaybe<Scalars['DateTime']['input']>;
  /** The first instant after the range; open if absent. */
  to?: InputMaybe<Scalars['DateTime']['input']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Cluster: ResolverTypeWrapper<ClusterModel>;
  ClusterConnection: ResolverTypeWrapper<ClusterConnectionModel>;
  ClusterEdge: ResolverTypeWrapper<Omit<ClusterEdge, 'node'> & { node: ResolversTypes['Cluster'] }>;
  ClusterFilter: ClusterFilter;
  ClusterOrder: ClusterOrder;
  Checkin: ResolverTypeWrapper<CheckinModel>;
  CheckinConnection: ResolverTypeWrapper<CheckinConnectionModel>;
  CheckinEdge: ResolverTypeWrapper<Omit<CheckinEdge, 'node'> & { node: ResolversTypes['Checkin'] }>;
  CheckinFilter: CheckinFilter;
  InstalledComponent: ResolverTypeWrapper<InstalledComponentModel>;
  Freshness: Freshness;
  CheckInInput: CheckInInput;
  InstalledComponentInput: InstalledComponentInput;
  CheckInPayload: ResolverTypeWrapper<Omit<CheckInPayload, 'checkin' | 'cluster'> & { checkin: ResolversTypes['Checkin'], cluster: ResolversTypes['Cluster'] }>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  ComponentVersion: ResolverTypeWrapper<ComponentVersionModel>;
  ComponentVersionConnection: ResolverTypeWrapper<ComponentVersionConnectionModel>;
  ComponentVersionEdge: ResolverTypeWrapper<Omit<ComponentVersionEdge, 'node'> & { node: ResolversTypes['ComponentVersion'] }>;
  ComponentVersionFilter: ComponentVersionFilter;
  ComponentTrainInput: ComponentTrainInput;
  InstalledComponentFilter: InstalledComponentFilter;
  PublishVersionInput: PublishVersionInput;
  PublishVersionPayload: ResolverTypeWrapper<Omit<PublishVersionPayload, 'componentVersion'> & { componentVersion: ResolversTypes['ComponentVersion'] }>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  DateTimeRange: DateTimeRange;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  JSON: Scalars['JSON']['output'];
  Query: Record<PropertyKey, never>;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  Mutation: Record<PropertyKey, never>;
  Cluster: ClusterModel;
  ClusterConnection: ClusterConnectionModel;
  ClusterEdge: Omit<ClusterEdge, 'node'> & { node: ResolversParentTypes['Cluster'] };
  ClusterFilter: ClusterFilter;
  Checkin: CheckinModel;
  CheckinConnection: CheckinConnectionModel;
  CheckinEdge: Omit<CheckinEdge, 'node'> & { node: ResolversParentTypes['Checkin'] };
  CheckinFilter: CheckinFilter;
  InstalledComponent: InstalledComponentModel;
  CheckInInput: CheckInInput;
  InstalledComponentInput: InstalledComponentInput;
  CheckInPayload: Omit<CheckInPayload, 'checkin' | 'cluster'> & { checkin: ResolversParentTypes['Checkin'], cluster: ResolversParentTypes['Cluster'] };
  Boolean: Scalars['Boolean']['output'];
  ComponentVersion: ComponentVersionModel;
  ComponentVersionConnection: ComponentVersionConnectionModel;
  ComponentVersionEdge: Omit<ComponentVersionEdge, 'node'> & { node: ResolversParentTypes['ComponentVersion'] };
  ComponentVersionFilter: ComponentVersionFilter;
  ComponentTrainInput: ComponentTrainInput;
  InstalledComponentFilter: InstalledComponentFilter;
  PublishVersionInput: PublishVersionInput;
  PublishVersionPayload: Omit<PublishVersionPayload, 'componentVersion'> & { componentVersion: ResolversParentTypes['ComponentVersion'] };
  PageInfo: PageInfo;
  DateTimeRange: DateTimeRange;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  cluster?: Resolver<Maybe<ResolversTypes['Cluster']>, ParentType, ContextType, RequireFields<QueryClusterArgs, 'id'>>;
  clusters?: Resolver<ResolversTypes['ClusterConnection'], ParentType, ContextType, Partial<QueryClustersArgs>>;
  checkins?: Resolver<ResolversTypes['CheckinConnection'], ParentType, ContextType, Partial<QueryCheckinsArgs>>;
  componentVersion?: Resolver<Maybe<ResolversTypes['ComponentVersion']>, ParentType, ContextType, RequireFields<QueryComponentVersionArgs, 'component' | 'train' | 'version'>>;
  componentVersions?: Resolver<ResolversTypes['ComponentVersionConnection'], ParentType, ContextType, Partial<QueryComponentVersionsArgs>>;
  latestVersions?: Resolver<Array<Maybe<ResolversTypes['ComponentVersion']>>, ParentType, ContextType, RequireFields<QueryLatestVersionsArgs, 'of'>>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  checkIn?: Resolver<ResolversTypes['CheckInPayload'], ParentType, ContextType, RequireFields<MutationCheckInArgs, 'input'>>;
  publishVersion?: Resolver<ResolversTypes['PublishVersionPayload'], ParentType, ContextType, RequireFields<MutationPublishVersionArgs, 'input'>>;
};

export type ClusterResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Cluster'] = ResolversParentTypes['Cluster']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  firstSeen?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastSeen?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  data?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  components?: Resolver<Array<ResolversTypes['InstalledComponent']>, ParentType, ContextType>;
  checkins?: Resolver<ResolversTypes['CheckinConnection'], ParentType, ContextType, Partial<ClusterCheckinsArgs>>;
  checkinCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ClusterConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClusterConnection'] = ResolversParentTypes['ClusterConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ClusterEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Cluster']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ClusterEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ClusterEdge'] = ResolversParentTypes['ClusterEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Cluster'], ParentType, ContextType>;
};

export type CheckinResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Checkin'] = ResolversParentTypes['Checkin']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  data?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  components?: Resolver<Array<ResolversTypes['InstalledComponent']>, ParentType, ContextType>;
  cluster?: Resolver<ResolversTypes['Cluster'], ParentType, ContextType>;
};

export type CheckinConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CheckinConnection'] = ResolversParentTypes['CheckinConnection']> = {
  edges?: Resolver<Array<ResolversTypes['CheckinEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Checkin']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CheckinEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CheckinEdge'] = ResolversParentTypes['CheckinEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Checkin'], ParentType, ContextType>;
};

export type InstalledComponentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InstalledComponent'] = ResolversParentTypes['InstalledComponent']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  train?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  data?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  latest?: Resolver<Maybe<ResolversTypes['ComponentVersion']>, ParentType, ContextType>;
  freshness?: Resolver<ResolversTypes['Freshness'], ParentType, ContextType>;
};

export type CheckInPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CheckInPayload'] = ResolversParentTypes['CheckInPayload']> = {
  checkin?: Resolver<ResolversTypes['Checkin'], ParentType, ContextType>;
  cluster?: Resolver<ResolversTypes['Cluster'], ParentType, ContextType>;
  duplicate?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  nextCheckInSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ComponentVersionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ComponentVersion'] = ResolversParentTypes['ComponentVersion']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  component?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  train?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  releasedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  data?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  isLatest?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ComponentVersionConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ComponentVersionConnection'] = ResolversParentTypes['ComponentVersionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ComponentVersionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['ComponentVersion']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ComponentVersionEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ComponentVersionEdge'] = ResolversParentTypes['ComponentVersionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ComponentVersion'], ParentType, ContextType>;
};

export type PublishVersionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PublishVersionPayload'] = ResolversParentTypes['PublishVersionPayload']> = {
  componentVersion?: Resolver<ResolversTypes['ComponentVersion'], ParentType, ContextType>;
  created?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  DateTime?: GraphQLScalarType;
  JSON?: GraphQLScalarType;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Cluster?: ClusterResolvers<ContextType>;
  ClusterConnection?: ClusterConnectionResolvers<ContextType>;
  ClusterEdge?: ClusterEdgeResolvers<ContextType>;
  Checkin?: CheckinResolvers<ContextType>;
  CheckinConnection?: CheckinConnectionResolvers<ContextType>;
  CheckinEdge?: CheckinEdgeResolvers<ContextType>;
  InstalledComponent?: InstalledComponentResolvers<ContextType>;
  CheckInPayload?: CheckInPayloadResolvers<ContextType>;
  ComponentVersion?: ComponentVersionResolvers<ContextType>;
  ComponentVersionConnection?: ComponentVersionConnectionResolvers<ContextType>;
  ComponentVersionEdge?: ComponentVersionEdgeResolvers<ContextType>;
  PublishVersionPayload?: PublishVersionPayloadResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
};

