import { chosen, type Filled, fillIn } from './form.ts';
import { buttons, elements } from './messages.ts';
import { type ClickOutcome, failure, type SubmitOutcome } from './outcomes.ts';
import { blockActions, viewClosed, viewSubmission } from './payloads.ts';
import { afterSubmit } from './submission.ts';
import type { Json } from './validation.ts';
import { closeView, type SlackView } from './views.ts';
import { type Actor, contextOf, isView, mustHave, type Pressable, present, type Tampered } from './world.ts';

/** Pressing buttons, choosing from menus, and filling in modals. */

export interface ClickOptions extends Tampered {
  /** Says yes to the button's confirmation dialog. */
  confirm?: boolean;
}

export async function click(actor: Actor, on: Pressable, name: string, options: ClickOptions): Promise<ClickOutcome> {
  const button = findButton(on, name);
  mustHave(actor, on);
  if (button.confirm && !options.confirm) return { outcome: 'asks', dialog: button.confirm };
  const { actionId: action_id, blockId: block_id, value, url, label } = button;
  const text = { type: 'plain_text', text: label, emoji: true };
  return press(actor, on, { type: 'button', action_id, block_id, text, value, url }, options);
}

export async function choose(
  actor: Actor,
  on: Pressable,
  actionId: string,
  taken: Filled[string],
): Promise<ClickOutcome> {
  const found = elements(on).find(({ element }) => element.action_id === actionId);
  if (!found) throw new Error(`There is no element with action_id ${actionId}.`);
  const { block, element } = found;
  const common = { type: element.type, action_id: actionId, block_id: block.block_id };
  return press(actor, on, { ...common, ...chosen(element, taken) }, {});
}

async function press(actor: Actor, on: Pressable, action: Json, { tamper }: Tampered): Promise<ClickOutcome> {
  mustHave(actor, on);
  const { store, wire } = actor.world;
  const now = isView(on) ? on : present(store, on);
  const context = contextOf(actor, isView(now) ? undefined : now.channel, now);
  const payload = blockActions(store, context, now, action, fillIn(on).values);
  const answer = await wire({ type: 'interactive', payload, tamper });
  return failure(answer) ?? { outcome: 'acknowledged', after: answer.after };
}

/** @throws Error that lists the buttons when there is not exactly one of that name. */
function findButton(on: Pressable, name: string) {
  const there = buttons(on);
  const [found, ...others] = there.filter((it) => it.actionId === name || it.label === name);
  if (found && others.length === 0) return found;
  const labels = there.map((it) => `${it.label} (${it.actionId})`).join(', ') || 'no buttons';
  throw new Error(`There is ${found ? 'more than one' : 'no'} button ${name}. There are: ${labels}.`);
}

export async function submit(
  actor: Actor,
  view: SlackView,
  filled: Filled,
  { tamper }: Tampered,
): Promise<SubmitOutcome> {
  mustHave(actor, view);
  const form = fillIn(view, filled);
  if (Object.keys(form.complaints).length > 0) return { outcome: 'incomplete', errors: form.complaints };
  const { store, wire } = actor.world;
  const payload = viewSubmission(store, contextOf(actor, undefined, view), view, form.values);
  return afterSubmit(store, view, await wire({ type: 'interactive', payload, tamper }));
}

/** The app hears of it only when the view asked for that. */
export async function dismiss(actor: Actor, view: SlackView): Promise<void> {
  mustHave(actor, view);
  const { store, wire } = actor.world;
  closeView(store, view);
  if (view.notifyOnClose) await wire({ type: 'interactive', payload: viewClosed(store, actor.user, view) });
}
