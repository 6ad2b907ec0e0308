import type { TestApp } from './app';

/** All that is stored: a refused request changes nothing of it. */
export function everything(app: TestApp): Promise<unknown> {
  return app.database.sql(`
    SELECT (SELECT json_agg(c ORDER BY cluster_id) FROM clusters c) AS clusters,
           (SELECT json_agg(k ORDER BY checkins_id) FROM clusters_checkins k) AS checkins,
           (SELECT json_agg(v ORDER BY version_id) FROM versions v) AS versions`);
}

/** The request is refused as BAD_USER_INPUT, says what is wrong with which argument, and writes nothing. */
export async function expectRefusal(
  app: TestApp,
  message: RegExp,
  [query, variables]: [query: string, variables?: Record<string, unknown>],
): Promise<void> {
  const before = await everything(app);
  const { status, errors } = await app.ask(query, variables);
  expect(errors?.[0]?.message).toMatch(message);
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
  expect([200, 400]).toContain(status);
  expect(await everything(app)).toEqual(before);
}
