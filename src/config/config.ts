import { z } from 'zod';
import { StartupError } from '../shared/errors';

const MAX_PORT = 65_535;

/** Whether it is a URL of PostgreSQL; unlike others, it may name no host beside a user. */
function isPostgresUrl(text: string): boolean {
  try {
    decodeURIComponent(text);
  } catch {
    return false;
  }
  return /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text.replace('@/', '@localhost/'));
}

/** Every variable with its default. What it means stands in the README. */
const VARIABLES = z.object({
  HOST: z.string().regex(/^\S+$/, 'must be a host name or an address').default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, `must be a whole number from 0 to ${MAX_PORT}`)
    .transform(Number)
    .refine((port) => port <= MAX_PORT, `must be a whole number from 0 to ${MAX_PORT}`)
    .default(4000),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
  // Its value may hold a password: no message repeats it.
  DATABASE_URL: z
    .string()
    .refine(
      isPostgresUrl,
      'must be a URL such as postgres://user:password@host:5432/database (with %23 for # and the like)',
    )
    .optional(),
  DATA_DIR: z.string().default('./data'),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** The database to use; undefined for the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Where the embedded database lives. */
  readonly dataDir: string;
}

/** Reads the configuration from environment variables; an empty one counts as absent. Throws one `StartupError` that names everything wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { success, data, error } = VARIABLES.safeParse(given);
  if (!success) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new StartupError(`The configuration is wrong: ${problems.join('; ')}.`);
  }
  return {
    host: data.HOST,
    port: data.PORT,
    logLevel: data.LOG_LEVEL,
    databaseUrl: data.DATABASE_URL,
    dataDir: data.DATA_DIR,
  };
}
