import { slackError } from './errors.ts';
import { limits } from './limits.ts';
import { newId, type Store } from './store.ts';
import type { SlackView } from './views.ts';

/** A trigger_id: what an interaction gives to the app, good for one view within three seconds. */
interface Trigger {
  user: string;
  bornAt: number;
  used: boolean;
  /** The modal it was pressed in: a new view is pushed on top of it. */
  view?: SlackView;
}

export interface Triggers {
  /** @returns a fresh trigger_id for what this user just did. */
  issue: (user: string, view?: SlackView) => string;
  /** @throws SlackError `invalid_trigger_id`, `expired_trigger_id` or `exchanged_trigger_id`. */
  exchange: (id: unknown) => { user: string; view?: SlackView };
}

export function makeTriggers(store: Store): Triggers {
  const all = new Map<string, Trigger>();
  return {
    issue(user, view) {
      const id = `${store.lastTs}.${store.team.id}.${newId('')}`;
      all.set(id, { user, view, bornAt: store.now(), used: false });
      return id;
    },
    exchange(id) {
      const trigger = all.get(String(id));
      if (!trigger) throw slackError('invalid_trigger_id');
      if (trigger.used) throw slackError('exchanged_trigger_id');
      if (store.now() - trigger.bornAt > limits.triggerLife) throw slackError('expired_trigger_id');
      trigger.used = true;
      return trigger;
    },
  };
}
