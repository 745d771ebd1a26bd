import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { longestLifeMs, mintToken } from '../adapters/api/token.ts';
import { keepToken, listTokens, revokeToken } from '../adapters/api/tokens.ts';
import { readCatalog } from '../adapters/files/catalog-file.ts';
import { connectRedis } from '../adapters/redis/connection.ts';
import { redisLedger } from '../adapters/redis/ledger.ts';
import { problemText } from './config/problem.ts';
import { parseSettings, type Settings } from './config/settings.ts';
import type { Ledger, Log } from './ports.ts';
import { isoTime } from './time.ts';

/** `npm run token -- create | revoke | list`: API tokens, made by whoever may reach the ledger. */

const usage = `Usage:
  npm run token -- create --principal ci@example.com --role ci [--role …] --days 30 [--name "CI of payments"]
  npm run token -- revoke <id>
  npm run token -- list`;

const options = {
  principal: { type: 'string' },
  role: { type: 'string', multiple: true },
  days: { type: 'string' },
  name: { type: 'string' },
} as const;
type Words = ReturnType<typeof wordsOf>;
const wordsOf = (argv: string[]) => parseArgs({ args: argv, options, allowPositionals: true });

const day = 24 * 3_600_000;
const by = (): string => `operator:${userInfo().username}`;

const verbs: Record<string, (ledger: Ledger, words: Words, settings: Settings) => Promise<string>> = {
  async create(ledger, { values }, { config }) {
    const { principal, role: roles = [], days, name = principal } = values;
    if (!principal || !name || roles.length === 0 || !days) throw new Error(usage);
    await checkRoles(config, roles);
    const { now } = await ledger.read([]);
    const expiresAt = now + lifeOf(days);
    const { id, token, record } = mintToken(randomBytes, { principal, name, roles, expiresAt, now, createdBy: by() });
    await keepToken(ledger, id, record);
    process.stderr.write(`Token ${id} for ${principal}, until ${isoTime(expiresAt)}. It is shown this once:\n`);
    return token;
  },
  async revoke(ledger, { positionals: [, id] }) {
    if (!id) throw new Error(usage);
    if (await revokeToken(ledger, id, by())) return `Token ${id} is revoked; its next request is refused.`;
    throw new Error(`There is no token ${id}. "npm run token -- list" shows the ids.`);
  },
  async list(ledger) {
    const lines = (await listTokens(ledger)).map(
      ({ id, principal, name, roles, expires, expired }) =>
        `${id}  ${principal}  ${roles.join(',')}  ${expired ? 'EXPIRED' : 'until'} ${isoTime(expires)}  ${name}`,
    );
    return lines.join('\n') || 'There are no tokens.';
  },
};

function lifeOf(days: string): number {
  const life = Number(days) * day;
  if (/^\d{1,2}$/.test(days) && life > 0 && life <= longestLifeMs) return life;
  throw new Error(`--days ${days} cannot be used. Write a whole number from 1 to ${longestLifeMs / day}.`);
}

/** A role that is misspelt would make a token that may do nothing, and nobody would know why. */
async function checkRoles(path: string, roles: string[]): Promise<void> {
  const parsed = await readCatalog(path);
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  const known = Object.keys(parsed.catalog.roles);
  const unknown = roles.filter((role) => !known.includes(role));
  if (unknown.length === 0) return;
  throw new Error(`The catalog has no role ${unknown.join(', ')}. It has: ${known.join(', ') || 'none'}.`);
}

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function main(argv: string[]): Promise<string> {
  const words = wordsOf(argv);
  const [verb = ''] = words.positionals;
  const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!run) throw new Error(usage);
  const read = parseSettings(process.env);
  if (!read.ok) throw new Error(read.problems.map(problemText).join('\n'));
  const redis = await connectRedis(read.settings.redis.url.reveal(), quiet);
  try {
    return await run(redisLedger(redis), words, read.settings);
  } finally {
    redis.disconnect();
  }
}

main(process.argv.slice(2)).then(
  (say) => process.stdout.write(`${say}\n`),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
