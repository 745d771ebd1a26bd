import { globSync, readFileSync } from 'node:fs';
import type { App } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { listen } from '../adapters/slack/listen.ts';
import { commandScope, eventScopes, methodScopes, optionalScopes } from '../adapters/slack/scopes.ts';

/** manifest.yaml is what people install: it must grant what the code uses, and not one scope more. */

const manifest = z
  .strictObject({
    display_information: z.strictObject({
      name: z.string().max(35),
      description: z.string().max(140),
      background_color: z.string(),
    }),
    features: z.strictObject({
      app_home: z.strictObject({
        home_tab_enabled: z.literal(false),
        messages_tab_enabled: z.literal(true),
        messages_tab_read_only_enabled: z.literal(false),
      }),
      bot_user: z.strictObject({ display_name: z.string().max(80), always_online: z.boolean() }),
      slash_commands: z.array(
        z.strictObject({
          command: z.string().startsWith('/').max(32),
          description: z.string().max(2_000),
          usage_hint: z.string().max(1_000),
          // Escaped, `@bob` in a reason would reach us as an id.
          should_escape: z.literal(false),
        }),
      ),
    }),
    oauth_config: z.strictObject({
      scopes: z.strictObject({ bot: z.array(z.string()), bot_optional: z.array(z.string()) }),
    }),
    settings: z.strictObject({
      event_subscriptions: z.strictObject({ bot_events: z.array(z.string()) }),
      interactivity: z.strictObject({ is_enabled: z.literal(true) }),
      org_deploy_enabled: z.boolean(),
      socket_mode_enabled: z.literal(true),
      token_rotation_enabled: z.literal(false),
    }),
  })
  .parse(parse(readFileSync('manifest.yaml', 'utf8')));

const source = globSync('adapters/slack/*.ts').map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** What `listen` registers on the app, by kind. */
const heard = (): Record<string, unknown[]> => {
  const seen: Record<string, unknown[]> = {};
  const note = (kind: string) => (what: unknown) => {
    seen[kind] = [...(seen[kind] ?? []), what];
  };
  const kinds = ['command', 'event', 'action', 'options', 'view'];
  listen(Object.fromEntries(kinds.map((kind) => [kind, note(kind)])) as unknown as App, undefined as never);
  return seen;
};

describe('manifest.yaml', () => {
  it('names the commands that we answer', () => {
    expect(manifest.features.slash_commands.map((it) => it.command)).toEqual(heard().command);
  });

  it('subscribes to the events that we hear', () => {
    const events = manifest.settings.event_subscriptions.bot_events;
    expect(events.toSorted()).toEqual(Object.keys(eventScopes).toSorted());
    expect(new Set(events.map((it) => it.split('.')[0]))).toEqual(new Set(heard().event as string[]));
  });

  it('asks for exactly the scopes of what we call and hear', () => {
    const needed = [...Object.values(methodScopes).flat(), ...Object.values(eventScopes), commandScope];
    const { bot, bot_optional: optional } = manifest.oauth_config.scopes;
    expect([...bot, ...optional].toSorted()).toEqual([...new Set(needed)].toSorted());
    expect(optional.toSorted()).toEqual([...optionalScopes].toSorted());
  });
});

describe('the table of methods', () => {
  it('has every method that the code calls, and no other', () => {
    const called = source.flatMap(({ text }) =>
      [...text.matchAll(/\bcall\(\s*'([^']+)'/g)].map(([, method]) => method),
    );
    expect([...new Set(called)].toSorted()).toEqual(Object.keys(methodScopes).toSorted());
  });

  it('is the only way to Slack: nothing calls past it', () => {
    const past =
      /\.apiCall\(|\bclient\.(?:chat|conversations|users|usergroups|views|auth|bots|apps|reactions|files)\b|\bsay\(/;
    expect(source.filter(({ text }) => past.test(text)).map(({ path }) => path)).toEqual(['adapters/slack/web.ts']);
  });
});
