import { createServer } from 'node:http';
import { type UntilOptions, until } from '../until.ts';
import type { TeamsButton } from './card-reading.ts';
import { connectorRoutes } from './connector.ts';
import { type Answer, type Delivered, type Delivery, httpWire, type Wire } from './delivery.ts';
import { type Fault, makeFaults } from './faults.ts';
import { installActivities } from './incoming.ts';
import type { Json } from './json.ts';
import { limits } from './limits.ts';
import { buttons, type Mention, mentions, type Rendered, type TeamsMessage, wording } from './messages.ts';
import type { Organization, OrganizationOptions } from './organization.ts';
import { type Person, personOf } from './person.ts';
import { type Desk, listen, listener, shut } from './serve.ts';
import { type Call, changed, type Happening, makeStore, type Store } from './store.ts';
import type { Tampered, World } from './world.ts';

/**
 * A stand-in for the outside of Microsoft Teams that is as strict as its documents: it serves the Bot Connector, tells
 * the app what people do, and shows what each of them sees. Start reading here.
 */

export interface TeamsOptions extends OrganizationOptions {
  /** The app's messaging endpoint. */
  messagingUrl?: string;
  /** Milliseconds the app has to answer a message; the Connector's 15,000 unless said. */
  acknowledgeWithin?: number;
  /** Milliseconds the app has to answer a press; Teams' 5,000 unless said. */
  answerPressWithin?: number;
  /** Milliseconds; lets a test age targeted messages and tokens. */
  now?: () => number;
}

export interface Teams {
  /** The serviceUrl of every conversation. */
  url: string;
  organization: Organization;
  /** Sets the app's messaging endpoint once its port is known. */
  deliverTo: (messagingUrl: string | undefined) => void;
  /** @returns someone of the organization, by name or id. */
  as: (user: string) => Person;
  /** @returns what stands in a channel or chat (by id or name) for everybody: messages and replies, oldest first. */
  messages: (where: string) => TeamsMessage[];
  wording: (message: Rendered) => string;
  buttons: (message: Rendered) => TeamsButton[];
  mentions: (message: Rendered) => Mention[];
  /** Sends the app an activity as it is given, with serviceUrl and tenant filled in where it has none. */
  deliver: (activity: Json, how?: Tampered) => Promise<Answer>;
  /** Tells the app something again: the same activity, the same id. */
  redeliver: (delivery: Delivery) => Promise<Answer>;
  /** Adds the app to a channel's team, a chat or a person (or removes it), and tells it so. */
  install: (where: string, by: string, action?: 'add' | 'remove') => Promise<Answer[]>;
  until: <T>(look: () => T | undefined | null | false | '' | 0, options?: UntilOptions) => Promise<T>;
  /** Makes the next `times` calls go wrong; names as in `Call.call`, `*` is any. */
  inject: (call: string, fault: Fault, times?: number) => void;
  heal: (call?: string) => void;
  /** Everything people could see, in order. */
  happenings: readonly Happening[];
  calls: readonly Call[];
  /** @returns how often something was called, refused calls and injected faults included. */
  count: (call: string) => number;
  /** @returns the calls that Microsoft refused, faults that were injected left out. A test can assert that there are none. */
  refusals: () => Call[];
  /** What Teams accepts but a person pays for, such as a card without a summary. */
  warnings: readonly string[];
  /** Everything the app was told, and how it took it. */
  deliveries: readonly Delivered[];
  close: () => Promise<void>;
}

/** Starts on free ports of 127.0.0.1. */
export async function startTeams(options: TeamsOptions = {}): Promise<Teams> {
  const store = makeStore(options);
  const faults = makeFaults();
  const closing = new AbortController();
  const desk: Desk = { store, faults, closed: closing.signal };
  const connector = createServer(listener(desk, connectorRoutes(store)));
  const url = `${await listen(connector)}/emea/`;
  const route = { to: options.messagingUrl };
  const deliveries: Delivered[] = [];
  const wire = timed(
    options,
    recorded(
      store,
      deliveries,
      httpWire(
        () => route.to,
        async () => undefined,
      ),
    ),
  );
  const world: World = { store, serviceUrl: () => url, wire };
  return {
    url,
    organization: store,
    deliverTo: (to) => {
      route.to = to;
    },
    ...reading(store),
    as: (user) => personOf(world, user),
    deliver: (activity, how = {}) => wire({ activity: filledIn(world, activity, how), token: how.token }),
    redeliver: ({ activity, token }) => wire({ activity, token }),
    install: (where, by, action = 'add') => install(world, where, by, action),
    inject: faults.inject,
    heal: faults.heal,
    deliveries,
    close: async () => {
      closing.abort();
      await shut(connector);
    },
  };
}

/** Everything that only looks. */
function reading(store: Store) {
  const idOf = (where: string) => [...store.conversations.values()].find((it) => it.name === where)?.id ?? where;
  return {
    messages: (where: string) =>
      store.messages.filter((it) => it.conversation === idOf(where) && !it.onlyFor && !it.deleted),
    wording,
    buttons,
    mentions,
    until: ((look, how) => until(store, look, how)) as Teams['until'],
    happenings: store.happenings,
    calls: store.calls,
    count: (call: string) => store.calls.filter((it) => it.call === call).length,
    refusals: () => store.calls.filter((it) => it.refused),
    warnings: store.warnings,
  };
}

function timed(options: TeamsOptions, wire: Wire): World['wire'] {
  const { acknowledgeWithin = limits.acknowledge, answerPressWithin = limits.answerPress } = options;
  return (delivery) => wire(delivery, delivery.activity.type === 'invoke' ? answerPressWithin : acknowledgeWithin);
}

function recorded(store: Store, deliveries: Delivered[], wire: Wire): Wire {
  return async (delivery, within) => {
    const at = store.now();
    const answer = await wire(delivery, within);
    deliveries.push({ ...delivery, ...answer, at });
    changed(store);
    return answer;
  };
}

function filledIn(world: World, activity: Json, { serviceUrl, tenant }: Tampered): Json {
  const { channelData, ...rest } = activity;
  const filled: Json = { serviceUrl: serviceUrl ?? world.serviceUrl(), channelId: 'msteams', ...rest };
  if (serviceUrl) filled.serviceUrl = serviceUrl;
  const id = tenant ?? world.store.app.tenant;
  return {
    ...filled,
    channelData: { tenant: { id }, ...(channelData as Json | undefined), ...(tenant && { tenant: { id } }) },
  };
}

async function install(world: World, where: string, by: string, action: 'add' | 'remove'): Promise<Answer[]> {
  const person = personOf(world, by);
  const found = [...world.store.conversations.values()].find((it) => it.id === where || it.name === where);
  if (!found) throw new Error(`There is no conversation ${where}.`);
  found.hasApp = action === 'add';
  const answers: Answer[] = [];
  for (const activity of installActivities({ world, user: person.user }, found, action))
    answers.push(await world.wire({ activity }));
  return answers;
}
