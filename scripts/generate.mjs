// Writes the resolver types of schema.graphql to src/graphql/generated.ts. With --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { parse } from 'graphql';

const root = new URL('..', import.meta.url);
const file = new URL('src/graphql/generated.ts', root);
const header = '// Made by `npm run generate` from schema.graphql. Do not edit.\n';
const generated =
  header +
  (await codegen({
    filename: file.pathname,
    schema: parse(readFileSync(new URL('schema.graphql', root), 'utf8')),
    documents: [],
    config: {
      useTypeImports: true,
      enumsAsTypes: true,
      strictScalars: true,
      scalars: { ID: 'string', DateTime: '../shared/instant#Instant', JSON: 'unknown' },
      contextType: './context#Context',
      mappers: {
        Cluster: '../features/clusters/index#Cluster as ClusterModel',
        Checkin: '../features/checkins/index#Checkin as CheckinModel',
        InstalledComponent: '../features/components/index#InstalledComponent as InstalledComponentModel',
        ComponentVersion: '../features/versions/index#ComponentVersion as ComponentVersionModel',
        ClusterConnection: '../features/clusters/index#ClusterConnection as ClusterConnectionModel',
        CheckinConnection: '../features/checkins/index#CheckinConnection as CheckinConnectionModel',
        ComponentVersionConnection:
          '../features/versions/index#ComponentVersionConnection as ComponentVersionConnectionModel',
      },
    },
    plugins: [{ typescript: {} }, { resolvers: {} }],
    pluginMap: { typescript, resolvers },
  }));
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== generated) {
    console.error('src/graphql/generated.ts is stale: run `npm run generate`.');
    process.exit(1);
  }
} else writeFileSync(file, generated);
