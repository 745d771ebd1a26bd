import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type AppPackage, appManifest } from './teams-package/manifest.ts';
import { zip } from './teams-package/zip.ts';

/** `npm run teams-package`: what an operator uploads to Teams. */

const usage = `Usage:
  npm run teams-package -- --app-id <application id> [--version 1.0.0] [--domain bot.example.com] [--out teams-package.zip]`;

const options = {
  'app-id': { type: 'string' },
  version: { type: 'string', default: '1.0.0' },
  domain: { type: 'string' },
  out: { type: 'string', default: 'teams-package.zip' },
} as const;

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const semver = /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/;
const host = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i;

/** @throws Error naming the word, its value and the fix */
function packageOf(argv: string[]): AppPackage & { out: string } {
  const { values } = parseArgs({ args: argv, options });
  const { 'app-id': appId, version, domain, out } = values;
  if (!appId) throw new Error(`--app-id is missing: the Application (client) ID of the app registration.\n${usage}`);
  if (!guid.test(appId))
    throw new Error(
      `--app-id ${appId} is not a GUID. Copy the Application (client) ID of the app registration in Entra; it looks like 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0.`,
    );
  if (!semver.test(version))
    throw new Error(`--version ${version} cannot be used. Write three numbers, such as 1.0.0, higher than before.`);
  if (domain !== undefined && !host.test(domain))
    throw new Error(
      `--domain ${domain} is not a host name. Write the host of the messaging endpoint alone: bot.example.com.`,
    );
  return { appId: appId.toLowerCase(), version, domain, out };
}

const icon = (name: string): Uint8Array => readFileSync(new URL(`../deploy/teams/${name}`, import.meta.url));

function main(argv: string[]): string {
  const { out, ...what } = packageOf(argv);
  const files = {
    'manifest.json': new TextEncoder().encode(`${JSON.stringify(appManifest(what), null, 2)}\n`),
    'color.png': icon('color.png'),
    'outline.png': icon('outline.png'),
  };
  writeFileSync(out, zip(files));
  return `${out}: version ${what.version} for the app ${what.appId}. Upload it in Teams: Apps → Manage your apps → Upload an app.`;
}

try {
  process.stdout.write(`${main(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
