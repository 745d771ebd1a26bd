import type { TeamsButton } from './card-reading.ts';
import { cardButtons, cardInputs, cardText } from './card-reading.ts';
import { cardProblems } from './card-rules.ts';
import type { Answer } from './delivery.ts';
import { type Filled, fillIn } from './form.ts';
import { pressActivity, submitActivity } from './incoming.ts';
import { isObject, type Json, textOf } from './json.ts';
import { limits } from './limits.ts';
import { buttons, type Rendered, type TeamsMessage, wording } from './messages.ts';
import {
  type ClickOutcome,
  cardOf,
  type PressAnswer,
  readPressAnswer,
  type ShowCardDialog,
  wordsOf,
} from './outcomes.ts';
import { tellAlone } from './store.ts';
import { type Actor, mustHave, mustSee, type Tampered } from './world.ts';

/** Pressing the buttons of cards. */

export interface ClickOptions extends Tampered {
  /** What is filled in, by an input's id or label. */
  inputs?: Filled;
  /** Presses on in the ShowCard that the button opens; `inputs` says that too. */
  confirm?: boolean;
  /** An older version of the message: what the person had before their eyes when they pressed. */
  version?: Rendered;
}

/** Presses Action.Execute. @throws Error when there is not exactly one such button. */
export async function click(actor: Actor, on: TeamsMessage, label: string, how: ClickOptions): Promise<ClickOutcome> {
  const ready = prepare(actor, on, label, how);
  if ('outcome' in ready) return ready;
  const { button, values, message } = ready;
  if (button.kind !== 'Execute') throw new Error(`${label} is Action.${button.kind}: nothing is invoked.`);
  const { verb, data } = button;
  const where = mustSee(actor, message.conversation);
  const activity = pressActivity(actor, where, message, { verb, data: { ...data, ...values } }, how);
  const outcome = await insist(actor, activity, how);
  if (outcome.outcome === 'answered') show(actor, message, outcome);
  return outcome;
}

/** Presses the button in a client that does not know Action.Execute: its fallback, or an Action.Submit. */
export async function submit(
  actor: Actor,
  on: TeamsMessage,
  label: string,
  how: ClickOptions,
): Promise<Answer | Exclude<ClickOutcome, { outcome: 'answered' | 'unable-to-reach' }>> {
  const ready = prepare(actor, on, label, how);
  if ('outcome' in ready) return ready;
  const { button, values, message } = ready;
  const data =
    button.kind === 'Submit' ? button.data : button.fallback?.type === 'Action.Submit' && button.fallback.data;
  if (!isObject(data)) throw new Error(`${label} has no Action.Submit.`);
  const where = mustSee(actor, message.conversation);
  const activity = submitActivity(actor, where, message, { ...data, ...values }, how);
  return actor.world.wire({ activity, token: how.token });
}

type Ready = { button: TeamsButton; values: Filled; message: TeamsMessage };
type Unready = Extract<ClickOutcome, { outcome: 'asks' | 'incomplete' }>;

function prepare(actor: Actor, on: TeamsMessage, label: string, how: ClickOptions): Ready | Unready {
  const message = mustHave(actor, on);
  let button = findButton(buttons(how.version ?? on), label);
  if (button.opens) {
    if (!how.confirm && !how.inputs) return { outcome: 'asks', dialog: dialog(button.opens) };
    button = only(buttons(how.version ?? on), button);
  }
  const { values, complaints } = fillIn(button.inputs, how.inputs ?? {});
  if (Object.keys(complaints).length > 0) return { outcome: 'incomplete', errors: complaints };
  return { button, values, message };
}

/** @throws Error that lists the buttons when there is not exactly one of that label; what is in plain sight goes first. */
function findButton(there: TeamsButton[], label: string): TeamsButton {
  const named = there.filter((it) => it.label === label);
  const inSight = named.filter((it) => !it.behind);
  const [found, ...others] = inSight.length > 0 ? inSight : named;
  if (found && others.length === 0) return found;
  const labels = there.map((it) => it.label).join(', ') || 'no buttons';
  throw new Error(`There is ${found ? 'more than one' : 'no'} button ${label}. There are: ${labels}.`);
}

function only(there: TeamsButton[], { label, opens }: TeamsButton): TeamsButton {
  const titles = cardButtons(opens!).map((it) => it.label);
  const inside = there.filter((it) => it.behind === label && (it.kind === 'Execute' || it.kind === 'Submit'));
  if (inside.length === 1) return inside[0]!;
  throw new Error(`Behind ${label} there is not one button but: ${titles.join(', ') || 'none'}.`);
}

function dialog(card: Json): ShowCardDialog {
  return {
    text: cardText(card).join('\n'),
    inputs: cardInputs(card),
    buttons: cardButtons(card).map((it) => it.label),
  };
}

/** Sends a press until it is answered: the same activity, three times at most. */
async function insist(actor: Actor, activity: Json, { token }: Tampered): Promise<ClickOutcome> {
  const started = performance.now();
  const tookMs = () => Math.round(performance.now() - started);
  let why = '';
  for (let deliveries = 1; deliveries <= 1 + limits.pressAgain; deliveries += 1) {
    const answer = readPressAnswer(await actor.world.wire({ activity, token }));
    if (typeof answer !== 'string' && shows(actor, answer))
      return { outcome: 'answered', answer, says: wordsOf(answer), deliveries, tookMs: tookMs() };
    why = typeof answer === 'string' ? answer : 'a card that Teams cannot show';
  }
  return { outcome: 'unable-to-reach', why, deliveries: 1 + limits.pressAgain, tookMs: tookMs() };
}

/** A card in an answer is held to the same rules as one in a message, and its refusal is remembered like any other. */
function shows({ world: { store } }: Actor, answer: PressAnswer): boolean {
  const problems = cardProblems(cardOf(answer) ?? noCard);
  if (problems.length === 0) return true;
  const refused = {
    call: 'pressAnswer',
    method: 'invoke',
    path: '',
    status: 400,
    answer: 'BadArgument',
    refused: true,
  };
  store.calls.push({ at: store.now(), ...refused, problems });
  return false;
}

const noCard = { type: 'AdaptiveCard', version: '1.5' };

/** What the person reads of the answer: nobody else does. */
function show(actor: Actor, on: TeamsMessage, outcome: Extract<ClickOutcome, { outcome: 'answered' }>): void {
  const card = cardOf(outcome.answer);
  if (card) outcome.says = wording({ text: '', entities: [], card });
  const words = outcome.says || textOf(outcome.answer.type);
  tellAlone(actor.world.store, actor.user.id, { conversation: on.conversation, words, card });
}
