import { slackError } from './errors.ts';
import { limits } from './limits.ts';
import type { Method, MethodContext } from './method.ts';
import type { Store } from './store.ts';
import type { Json } from './validation.ts';
import { checkView, openView, publishHome, type SlackView, updateView, viewPayload } from './views.ts';

/** views.*: modals need a fresh trigger_id, Home tabs only a user. */
export const viewMethods: Record<string, Method> = {
  'views.open': { scopes: [], required: ['view', 'trigger_id'], run: open },
  'views.push': { scopes: [], required: ['view', 'trigger_id'], run: push },
  'views.update': { scopes: [], required: ['view'], run: ({ store }, args) => update(store, args) },
  'views.publish': { scopes: [], required: ['view', 'user_id'], run: ({ store }, args) => publish(store, args) },
};

function open({ store, triggers }: MethodContext, args: Json): Json {
  const definition = checkView(args.view, 'modal');
  const { user } = triggers.exchange(args.trigger_id);
  return { view: viewPayload(store, openView(store, user, definition)) };
}

function push({ store, triggers }: MethodContext, args: Json): Json {
  const definition = checkView(args.view, 'modal');
  const { user, view } = triggers.exchange(args.trigger_id);
  if (!view) throw slackError('not_found');
  return { view: viewPayload(store, pushView(store, user, definition, view)) };
}

/** @throws SlackError `push_limit_reached` above Slack's three views in a stack. */
export function pushView(store: Store, user: string, definition: Json, on: SlackView): SlackView {
  const depth = [...store.views.values()].filter((it) => it.root === on.root && it.open).length;
  if (depth >= limits.viewsInStack) throw slackError('push_limit_reached');
  return openView(store, user, definition, on);
}

function update(store: Store, args: Json): Json {
  const definition = checkView(args.view, 'modal');
  const byExternalId = [...store.views.values()].find((it) => it.open && it.externalId === args.external_id);
  const view = args.view_id === undefined ? byExternalId : store.views.get(String(args.view_id));
  if (!view?.open) throw slackError('not_found');
  updateView(store, view, definition, args.hash as string | undefined);
  return { view: viewPayload(store, view) };
}

function publish(store: Store, args: Json): Json {
  const definition = checkView(args.view, 'home');
  const user = String(args.user_id);
  if (!store.users.has(user)) throw slackError('user_not_found');
  return { view: viewPayload(store, publishHome(store, user, definition, args.hash as string | undefined)) };
}
