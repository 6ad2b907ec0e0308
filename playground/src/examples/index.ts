import catalogue from './catalogue.graphql?raw';
import checkIn from './check-in.graphql?raw';
import checkInVariables from './check-in.variables.json?raw';
import history from './history.graphql?raw';
import overview from './overview.graphql?raw';
import publishVersion from './publish-version.graphql?raw';
import publishVersionVariables from './publish-version.variables.json?raw';

/** What a first visit finds in the tabs: three questions that run on any data, then two mutations that write. */
export const examples = [
  { query: overview, variables: '' },
  { query: history, variables: '' },
  { query: catalogue, variables: '' },
  { query: checkIn, variables: checkInVariables },
  { query: publishVersion, variables: publishVersionVariables },
];
