/** An operation that a link to the playground carries: `/graphql?query=…&variables=…`. */
export interface LinkedOperation {
  query: string;
  /** Never absent: GraphiQL drops all stored tabs when it finds one without variables. */
  variables: string;
}

/**
 * Reads the operation in the page's address, to be shown, never run. Then takes it out of the address, so that
 * reloading the page restores what the visitor made of it instead of the original.
 */
export function takeLinkedOperation(): LinkedOperation | undefined {
  const parameters = new URLSearchParams(window.location.search);
  const query = parameters.get('query');
  if (!query) return undefined;
  window.history.replaceState(null, '', window.location.pathname);
  return { query, variables: parameters.get('variables') ?? '' };
}
