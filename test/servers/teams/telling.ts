import type { Answer, Delivered, Wire } from './delivery.ts';
import { installActivities } from './incoming.ts';
import type { Json } from './json.ts';
import { limits } from './limits.ts';
import { personOf } from './person.ts';
import { changed, type Store } from './store.ts';
import type { Tampered, World } from './world.ts';

/** Telling the app things that nobody in particular does. */

export interface Patience {
  /** Milliseconds the app has to answer a message; the Connector's 15,000 unless said. */
  acknowledgeWithin?: number;
  /** Milliseconds the app has to answer a press; Teams' 5,000 unless said. */
  answerPressWithin?: number;
}

/** @returns the wire with the time that each kind of activity has, and every delivery put down. */
export function recorded(store: Store, deliveries: Delivered[], wire: Wire, patience: Patience): World['wire'] {
  const { acknowledgeWithin = limits.acknowledge, answerPressWithin = limits.answerPress } = patience;
  return async (delivery) => {
    const at = store.now();
    const answer = await wire(delivery, delivery.activity.type === 'invoke' ? answerPressWithin : acknowledgeWithin);
    deliveries.push({ ...delivery, ...answer, at });
    changed(store);
    return answer;
  };
}

/** Sends an activity as it is given; serviceUrl, channel and tenant are filled in where it has none. */
export function deliver(world: World, activity: Json, how: Tampered): Promise<Answer> {
  const { serviceUrl = activity.serviceUrl ?? world.serviceUrl(), tenant = world.store.app.tenant } = how;
  const data = (activity.channelData ?? {}) as Json;
  const channelData = { ...data, tenant: how.tenant || !data.tenant ? { id: tenant } : data.tenant };
  return world.wire({ activity: { channelId: 'msteams', ...activity, serviceUrl, channelData }, token: how.token });
}

/** Adds the app to a channel's team, a chat or a person (or removes it), and tells it so. */
export async function install(world: World, where: string, by: string, action: 'add' | 'remove'): Promise<Answer[]> {
  const { user } = personOf(world, by);
  const found = [...world.store.conversations.values()].find((it) => it.id === where || it.name === where);
  if (!found) throw new Error(`There is no conversation ${where}.`);
  found.hasApp = action === 'add';
  const answers: Answer[] = [];
  for (const activity of installActivities({ world, user }, found, action))
    answers.push(await world.wire({ activity }));
  return answers;
}
