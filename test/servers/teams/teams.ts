import { type Answer, type Delivered, type Delivery, httpWire } from './delivery.ts';
import { type Fault, makeFaults } from './faults.ts';
import type { GraphPermission } from './graph.ts';
import type { Json } from './json.ts';
import { makeKeys } from './keys.ts';
import type { Organization, OrganizationOptions } from './organization.ts';
import { type Outside, startOutside } from './outside.ts';
import { type Person, personOf } from './person.ts';
import { makeRates, type Rates } from './rates.ts';
import { type Reading, reading } from './reading.ts';
import { settingsOf } from './settings.ts';
import { makeStore } from './store.ts';
import { deliver, install, type Patience, recorded } from './telling.ts';
import { makeTokens } from './tokens.ts';
import type { Tampered, World } from './world.ts';

/**
 * A stand-in for the outside of Microsoft Teams that is as strict as its documents: it serves the Bot Connector, Entra's
 * login and Graph, tells the app what people do (signed), and shows what each of them sees. Start reading here.
 */

export interface TeamsOptions extends OrganizationOptions, Patience {
  /** The app's messaging endpoint. */
  messagingUrl?: string;
  /** What the app may ask Graph; everything unless said. */
  graphPermissions?: GraphPermission[];
  /** Seconds that an access token lives; Entra's hour unless said. */
  tokenLife?: number;
  /** Rate limits, such as `teamsRates`; none unless said. */
  rates?: Partial<Rates>;
  /** Milliseconds; lets a test age targeted messages and access tokens. */
  now?: () => number;
}

/** `url`, `openIdUrl`, `loginUrl`, `graphUrl`, `caFile`: what the app is configured with. */
export interface Teams extends Omit<Outside, 'close'>, Reading {
  organization: Organization;
  /** The environment with which a process of its own takes this for Microsoft. In this process: `trustHere()`. */
  settings: Record<string, string>;
  /** Sets the app's messaging endpoint once its port is known. */
  deliverTo: (messagingUrl: string | undefined) => void;
  /** @returns someone of the organization, by name or id. */
  as: (user: string) => Person;
  /** Sends the app an activity as it is given, with serviceUrl and tenant filled in where it has none. */
  deliver: (activity: Json, how?: Tampered) => Promise<Answer>;
  /** Tells the app something again: the same activity, the same id. */
  redeliver: (delivery: Delivery) => Promise<Answer>;
  /** Adds the app to a channel's team, a chat or a person (or removes it), and tells it so. */
  install: (where: string, by: string, action?: 'add' | 'remove') => Promise<Answer[]>;
  /** Makes the next `times` calls go wrong; names as in `Call.call`, `*` is any, the login and Graph too. */
  inject: (call: string, fault: Fault, times?: number) => void;
  heal: (call?: string) => void;
  /** Every access token given out so far is refused from now on. */
  revokeTokens: () => void;
  /** The Connector signs with new keys from now on. */
  rotateKeys: () => Promise<void>;
  /** Everything the app was told, and how it took it. */
  deliveries: readonly Delivered[];
  close: () => Promise<void>;
}

/** Starts on free ports of 127.0.0.1. */
export async function startTeams(options: TeamsOptions = {}): Promise<Teams> {
  const { graphPermissions: granted = ['User.Read.All', 'GroupMember.Read.All'], rates = {} } = options;
  const store = makeStore(options);
  const faults = makeFaults();
  const closing = new AbortController();
  const keys = await makeKeys(store);
  const tokens = makeTokens(store, options.tokenLife);
  const desk = { store, faults, closed: closing.signal };
  const outside = await startOutside({ desk, keys, tokens, rate: makeRates(rates, store.now), granted });

  const route = { to: options.messagingUrl };
  const deliveries: Delivered[] = [];
  const wire = recorded(
    store,
    deliveries,
    httpWire(() => route.to, keys.authorization),
    options,
  );
  const world: World = { store, serviceUrl: () => outside.url, wire };
  return {
    ...outside,
    ...reading(store),
    organization: store,
    settings: settingsOf(store.app, outside),
    deliverTo: (to) => {
      route.to = to;
    },
    as: (user) => personOf(world, user),
    deliver: (activity, how = {}) => deliver(world, activity, how),
    redeliver: ({ activity, token }) => wire({ activity, token }),
    install: (where, by, action = 'add') => install(world, where, by, action),
    inject: faults.inject,
    heal: faults.heal,
    revokeTokens: tokens.revoke,
    rotateKeys: keys.rotate,
    deliveries,
    close: () => {
      closing.abort();
      return outside.close();
    },
  };
}
