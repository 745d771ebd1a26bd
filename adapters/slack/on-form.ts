import type { SlackOptionsMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { Asked } from '../../src/asked.ts';
import { nothingToRelease } from '../../src/asking.ts';
import { isRefusal, type RefusalCode } from '../../src/errors.ts';
import { strategyNames } from '../../src/release/command.ts';
import type { Actor } from '../../src/release/event.ts';
import type { Reply } from '../../src/release/view.ts';
import type { Asker } from './answering.ts';
import type { SlackDesk } from './desk.ts';
import { type Field, formView, inputId, optionsOf } from './form.ts';
import { openModal } from './open-modal.ts';
import { whoActed } from './people.ts';
import { askerOf, settle } from './submitting.ts';

const typeInstead = '/release deploy <service> <version> to <env>';

/** @returns what to tell the person when there is no form. */
export const openForm = async (
  desk: SlackDesk,
  actor: Actor,
  trigger: string,
  asker: Asker,
): Promise<Reply | undefined> => {
  const choices = desk.choices();
  if (choices.services.length === 0 || choices.environments.length === 0) return nothingToRelease;
  return openModal(desk, actor, trigger, formView(choices, asker), typeInstead);
};

/** The submitted form: refusals show at the field they are about, everything else is answered privately. */
export const onForm =
  (desk: SlackDesk) =>
  async (args: SlackViewMiddlewareArgs<ViewSubmitAction>): Promise<void> =>
    settle(desk, args, askedByForm(args.body), askerOf(args.body), fieldOf);

const askedByForm = (body: ViewSubmitAction): Asked => {
  const value = (field: Field) => given(body.view.state.values[field]?.[inputId]);
  const strategy = strategyNames.find((name) => name === value('strategy'));
  const reason = value('reason');
  const { channel } = askerOf(body);
  const actor = whoActed(body);
  return {
    command: {
      verb: 'deploy',
      target: { service: value('service'), environment: value('environment') },
      version: value('version'),
      ...(strategy ? { strategy } : {}),
      ...(reason ? { reason } : {}),
    },
    actor,
    from: { surface: 'slack', tenant: actor.tenant, channel },
    via: 'form',
    key: `slack:${body.view.id}:${body.view.hash}`,
  };
};

type Value = ViewSubmitAction['view']['state']['values'][string][string];
const given = (value: Value | undefined): string => (value?.selected_option?.value ?? value?.value ?? '').trim();

const fieldOfCode: Partial<Record<RefusalCode, Field>> = {
  'unknown-version': 'version',
  'not-understood': 'version',
  'nothing-to-do': 'version',
  quarantined: 'version',
  order: 'version',
  'registry-denied': 'version',
  frozen: 'environment',
  'not-entitled': 'environment',
  'not-supported': 'strategy',
};

/** Where an error without a field of its own stands: the first one, which nobody misses. */
const fieldOf = ({ code }: Reply): Field => fieldOfCode[code as RefusalCode] ?? 'service';

/** The services that contain what was typed so far; nothing for people who may not release here. */
export const onOptions =
  (desk: SlackDesk) =>
  async ({ body, ack }: SlackOptionsMiddlewareArgs<'block_suggestion'>) => {
    const who = await desk.identity.resolve(whoActed(body));
    const wanted = body.value.toLowerCase();
    const found = isRefusal(who) ? [] : desk.choices().services.filter((name) => name.toLowerCase().includes(wanted));
    await ack({ options: optionsOf(found) });
  };
