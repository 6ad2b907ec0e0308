import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildSchema, findBreakingChanges, isEnumType, isInputObjectType, isObjectType } from 'graphql';

const ROOT = join(__dirname, '..');
const SRC = join(ROOT, 'src');

/** Who may import whom: docs/architecture.md says it in words. `node:` built-ins are everybody's. */
const ROOMS: { room: RegExp; may: RegExp[] }[] = [
  { room: /^main\.ts$/, may: [/^src\/(app|config\/|shared\/)/] },
  {
    room: /^app\.ts$/,
    may: [/^src\/(config|features\/\w+\/index|graphql\/server|http\/(server|lifecycle)|persistence|shared)/],
  },
  { room: /^config\//, may: [/^src\/shared\//, /^zod$/] },
  { room: /^shared\//, may: [/^src\/shared\//, /^(pino|dataloader|lossless-json)$/] },
  {
    room: /^persistence\/targets\/embedded\//,
    may: [/^src\/(shared|persistence\/targets)\//, /^pg$/, /^fs-native-extensions$/],
  },
  {
    room: /^persistence\/targets\//,
    may: [/^src\/(shared|persistence\/targets)\//, /^pg(-connection-string)?$/],
  },
  { room: /^persistence\//, may: [/^src\/(shared|persistence)\//, /^(typeorm|pg)$/] },
  {
    room: /^http\//,
    may: [
      /^src\/(shared|http)\//,
      /^src\/graphql\/server/,
      /^(fastify|@fastify\/.*|@as-integrations\/fastify|@apollo\/server|negotiator)$/,
    ],
  },
  {
    room: /^graphql\//,
    may: [/^src\/(shared|graphql)\//, /^src\/features\/\w+\/index/, /^(graphql|@apollo\/server.*)$/],
  },
  { room: /^features\/\w+\/\w+\.resolvers\.ts$/, may: [/^src\/graphql\/generated \(type\)$/] },
  { room: /^features\/\w+\/[\w-]+\.entity\.ts$/, may: [/^src\/(shared\/|persistence\/sql$)/, /^typeorm$/] },
  {
    room: /^features\/\w+\/[\w-]+\.(repository|recorder)\.ts$/,
    may: [/^src\/(shared|persistence)\//, /^src\/features\/\w+\/(index|[\w-]+\.repository) \(type\)$/],
  },
  {
    room: /^features\/\w+\/[\w-]+\.loaders\.ts$/,
    may: [/^src\/shared\//, /^src\/features\/\w+\/[\w-]+\.repository \(type\)$/],
  },
  { room: /^features\//, may: [/^src\/shared\//, /^src\/features\//] },
  { room: /^demo\//, may: [/^src\/(demo|shared)\//, /^src\/(app|config\/config)$/, /^cli-progress$/] },
];

/** Features from the source downhill: each may use those before it. */
const DOWNHILL = ['versions', 'components', 'clusters', 'checkins'];

interface Import {
  readonly file: string;
  readonly target: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.endsWith('generated.ts'))
    .map((file) => join(folder, file));
}

/** What a file imports: a path below the root, or a package; ` (type)` behind what leaves no trace at run time. */
function importsOf(path: string): Import[] {
  const source = readFileSync(path, 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  const statements = source.matchAll(
    /(?:import|export)\s+(type\s+)?(?:[\w*{][^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
  );
  return [...statements].map(([, type, from, dynamic]) => {
    const specifier = from ?? dynamic ?? '';
    const target = specifier.startsWith('.') ? relative(ROOT, join(dirname(path), specifier)) : specifier;
    return { file: relative(SRC, path), target: type ? `${target} (type)` : target };
  });
}

const imports = sourceFiles(SRC).flatMap(importsOf);

it('every room imports only what it may', () => {
  expect(imports.length).toBeGreaterThan(150);
  const forbidden = imports.filter(({ file, target }) => {
    if (target.startsWith('node:')) return false;
    const rule = ROOMS.find(({ room }) => room.test(file));
    return !rule?.may.some(
      (allowed) =>
        allowed.test(target) ||
        allowed.test(target.replace(/^(?!src).* \(type\)$/, (found) => found.slice(0, -7))),
    );
  });
  expect(forbidden).toEqual([]);
});

it('features know only those below them, and only through their index', () => {
  const wrong = imports.filter(({ file, target }) => {
    const [, own] = /^features\/(\w+)\//.exec(file) ?? [];
    const [, other, entry] = /^src\/features\/(\w+)\/([\w.-]+)/.exec(target) ?? [];
    if (!own || !other || own === other) return false;
    return entry !== 'index' || DOWNHILL.indexOf(other) > DOWNHILL.indexOf(own);
  });
  expect(wrong).toEqual([]);
});

it('only main and the demo touch the process: its environment, signals, streams and exit', () => {
  const touching = sourceFiles(SRC)
    .filter((file) =>
      /process\.(env|exit|exitCode|on|once|argv|std(in|out|err))\b/.test(readFileSync(file, 'utf8')),
    )
    .map((file) => relative(SRC, file));
  expect(touching.sort()).toEqual(['demo/main.ts', 'main.ts']);
});

describe('schema.graphql', () => {
  const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));

  it('holds everything that the contract fixes', () => {
    const contract = buildSchema(readFileSync(join(__dirname, 'fixtures/contract.graphql'), 'utf8'));
    expect(findBreakingChanges(contract, schema)).toEqual([]);
  });

  it('describes every type, field, argument and value', () => {
    const missing: string[] = [];
    const require = (name: string, { description }: { description?: string | null | undefined }): void => {
      if (!description?.trim()) missing.push(name);
    };
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__') || ['ID', 'Int', 'Float', 'String', 'Boolean'].includes(type.name))
        continue;
      require(type.name, type);
      if (isEnumType(type))
        for (const value of type.getValues()) require(`${type.name}.${value.name}`, value);
      if (!isObjectType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        require(`${type.name}.${field.name}`, field);
        for (const argument of 'args' in field ? field.args : []) {
          require(`${type.name}.${field.name}(${argument.name})`, argument);
        }
      }
    }
    expect(missing).toEqual([]);
  });

  it('and the resolvers’ types generated of it agree', () => {
    execFileSync(process.execPath, [join(ROOT, 'scripts/generate.mjs'), '--check']);
  });
});

it('every configuration variable stands in the README’s table', () => {
  const source = readFileSync(join(SRC, 'config/config.ts'), 'utf8');
  const variables = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  expect(variables).toHaveLength(5);
  for (const name of variables) expect(readme).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
});
