import { readFileSync } from 'node:fs';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { checkinResolvers } from '../features/checkins/index';
import { clusterResolvers } from '../features/clusters/index';
import { componentResolvers } from '../features/components/index';
import { versionResolvers } from '../features/versions/index';
import type { Logger } from '../shared/logger';
import type { Context } from './context';
import { createErrorFormatter } from './errors';
import { checkVariables, StorableLiteralsRule } from './request-check';
import { DateTimeScalar, JsonScalar } from './scalars';

export { Context, type Loaders, type Services } from './context';

/** Far more than any query needs. */
const MAX_TOKENS = 5_000;

const SCALARS = { DateTime: DateTimeScalar, JSON: JsonScalar };

/** Lets the request's log line name the operation. */
const nameOperation: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operationName, operation, contextValue }) {
        contextValue.log.operation = operationName ?? `anonymous ${operation?.operation}`;
      },
    };
  },
};

/** Apollo Server over the contract in `schemaFile`. Nothing of it calls out, and the process keeps its signals. */
export function createGraphqlServer(options: { schemaFile: string; logger: Logger }): ApolloServer<Context> {
  return new ApolloServer<Context>({
    typeDefs: readFileSync(options.schemaFile, 'utf8'),
    resolvers: [SCALARS, clusterResolvers, checkinResolvers, componentResolvers, versionResolvers],
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: [StorableLiteralsRule],
    formatError: createErrorFormatter(options.logger),
    logger: options.logger,
    plugins: [
      checkVariables,
      nameOperation,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}
