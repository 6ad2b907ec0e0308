import { createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { examples } from './examples';
import { createFetcher } from './fetcher';
import { takeLinkedOperation } from './link';

const fetcher = createFetcher(window.location.pathname);
const linked = takeLinkedOperation();
/** A namespace of its own, because another GraphiQL on the same host and port would share the default one. */
const storage = createLocalStorage({ namespace: 'workflow-manager-api' });

/**
 * GraphiQL with this product's examples. The examples fill the tabs of a first visit only: after that GraphiQL
 * restores the visitor's own tabs from local storage.
 */
export function Playground() {
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      defaultTabs={linked ? [linked, ...examples] : examples}
      initialQuery={linked?.query}
      initialVariables={linked?.variables}
      // Open at once, because the mutations make no sense without the variables below them.
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>Workflow Manager API</GraphiQL.Logo>
    </GraphiQL>
  );
}
