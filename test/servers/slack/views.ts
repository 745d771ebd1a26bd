import { slackError } from './errors.ts';
import { limits } from './limits.ts';
import { changed, happen, newId, type Store, withIds } from './store.ts';
import { type Json, viewProblems } from './validation.ts';

/** Modals and Home tabs: opened with a trigger, updated by id and hash, closed by their reader. */

export interface SlackView {
  id: string;
  type: 'modal' | 'home';
  /** The only person who sees it. */
  user: string;
  blocks: Json[];
  title: string;
  submit?: string;
  close?: string;
  callbackId: string;
  privateMetadata: string;
  externalId: string;
  clearOnClose: boolean;
  notifyOnClose: boolean;
  hash: string;
  /** The first view of its stack. */
  root: string;
  previous?: string;
  open: boolean;
  /** How often its content was set: 1 after opening. */
  renderings: number;
}

/** @throws SlackError `invalid_arguments` with one line per problem, or `view_too_large`. */
export function checkView(value: unknown, surface: SlackView['type']): Json {
  if (typeof value !== 'object' || value === null)
    throw slackError('invalid_arguments', ['[ERROR] missing required field: view']);
  if (JSON.stringify(value).length > limits.viewBytes) throw slackError('view_too_large');
  const problems = viewProblems(value as Json, surface);
  if (problems.length > 0) throw slackError('invalid_arguments', problems);
  return value as Json;
}

export function openView(store: Store, user: string, definition: Json, previous?: SlackView): SlackView {
  const id = newId('V');
  const view: SlackView = {
    id,
    type: definition.type as SlackView['type'],
    user,
    root: previous?.root ?? id,
    previous: previous?.id,
    open: true,
    renderings: 0,
    ...content(definition),
  };
  claimExternalId(store, view);
  store.views.set(id, view);
  render(store, view, definition, 'view-opened');
  return view;
}

/** @throws SlackError `hash_conflict` when the app decided on an older rendering. */
export function updateView(store: Store, view: SlackView, definition: Json, hash?: string): void {
  if (hash !== undefined && hash !== view.hash) throw slackError('hash_conflict');
  render(store, view, definition, 'view-updated');
}

export function publishHome(store: Store, user: string, definition: Json, hash?: string): SlackView {
  const home = store.homes.get(user) ?? {
    id: newId('V'),
    type: 'home',
    user,
    root: '',
    open: true,
    renderings: 0,
    ...content(definition),
  };
  if (hash !== undefined && hash !== home.hash) throw slackError('hash_conflict');
  home.root = home.id;
  store.homes.set(user, home);
  render(store, home, definition, 'home-published');
  return home;
}

/** Closes one view; what lies under it in the stack is seen again. */
export function closeView(store: Store, view: SlackView): void {
  view.open = false;
  changed(store);
}

export function closeStack(store: Store, view: SlackView): void {
  for (const it of store.views.values()) if (it.root === view.root) it.open = false;
  changed(store);
}

/** @returns the view as Slack shows it to the app. */
export function viewPayload(store: Store, view: SlackView, values: Json = {}): Json {
  return {
    id: view.id,
    team_id: store.team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values },
    hash: view.hash,
    title: { type: 'plain_text', text: view.title, emoji: true },
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    close: view.close ? { type: 'plain_text', text: view.close, emoji: true } : null,
    submit: view.submit ? { type: 'plain_text', text: view.submit, emoji: true } : null,
    previous_view_id: view.previous ?? null,
    root_view_id: view.root,
    app_id: store.app.id,
    external_id: view.externalId,
    app_installed_team_id: store.team.id,
    bot_id: store.app.botId,
  };
}

function render(
  store: Store,
  view: SlackView,
  definition: Json,
  what: 'view-opened' | 'view-updated' | 'home-published',
): void {
  Object.assign(view, content(definition), { renderings: view.renderings + 1 });
  happen(store, what, { user: view.user, text: view.title });
}

function content(definition: Json) {
  const text = (part: unknown) => (part as { text?: string } | undefined)?.text;
  return {
    blocks: withIds(definition.blocks as Json[]),
    title: text(definition.title) ?? '',
    submit: text(definition.submit),
    close: text(definition.close),
    callbackId: String(definition.callback_id ?? ''),
    privateMetadata: String(definition.private_metadata ?? ''),
    externalId: String(definition.external_id ?? ''),
    clearOnClose: definition.clear_on_close === true,
    notifyOnClose: definition.notify_on_close === true,
    hash: newId('h'),
  };
}

function claimExternalId(store: Store, view: SlackView): void {
  if (!view.externalId) return;
  const taken = [...store.views.values()].some((it) => it.open && it.externalId === view.externalId);
  if (taken) throw slackError('duplicate_external_id');
}
