import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type UntilOptions, until } from '../until.ts';
import { type Answer, type Delivered, type Delivery, httpWire, type Wire } from './delivery.ts';
import { sendEvent, slackRedelivery } from './events.ts';
import { type Fault, makeFaults } from './faults.ts';
import { limits } from './limits.ts';
import type { SlackMessage } from './messages.ts';
import { type Person, personOf } from './person.ts';
import { makeRates, type Rates } from './rates.ts';
import { makeResponseUrls } from './response-urls.ts';
import { makeServer } from './server.ts';
import { makeSocketMode, type SocketControl } from './socket-mode.ts';
import { type Call, changed, type Happening, makeStore, type Store } from './store.ts';
import { makeTriggers } from './triggers.ts';
import type { Workspace, WorkspaceOptions } from './workspace.ts';
import type { World } from './world.ts';

/**
 * A stand-in for Slack that is as strict as Slack: it serves the Web API, tells the app what people do (signed HTTP or
 * Socket Mode), and shows what each of them sees. Start reading here.
 */

export interface SlackOptions extends WorkspaceOptions {
  /** The app's request URL for everything. Left out: Socket Mode, unless `requestUrl` is set later. */
  requestUrl?: string;
  /** Milliseconds the app has to acknowledge; Slack's 3,000 unless said. */
  acknowledgeWithin?: number;
  /** Milliseconds before each redelivery of an event that was not acknowledged; Slack's schedule unless said. */
  redeliverAfter?: number[];
  /** Rate limits, such as `slackRates`; none unless said. */
  rates?: Rates;
  /** Milliseconds; lets a test age triggers and response_urls. */
  now?: () => number;
}

export interface Slack {
  /** Base address of the Web API, ending in `/api/`: the app's `slackApiUrl`. */
  url: string;
  workspace: Workspace;
  /** Sets the app's request URL once its port is known; undefined turns Socket Mode on. */
  deliverTo: (requestUrl: string | undefined) => void;
  /** @returns someone of the workspace, by id or name. */
  as: (user: string) => Person;
  /** @returns what stands in a channel for everybody: messages and replies, oldest first. */
  messages: (channel: string) => SlackMessage[];
  until: <T>(look: () => T | undefined | null | false | '' | 0, options?: UntilOptions) => Promise<T>;
  /** Makes the next `times` calls of a method go wrong; `*` is any method, `response_url` the answers to interactions. */
  inject: (method: string, fault: Fault, times?: number) => void;
  heal: (method?: string) => void;
  socket: SocketControl;
  /** Everything people could see, in order. */
  happenings: readonly Happening[];
  calls: readonly Call[];
  /** @returns how often a method was called, refused calls and injected faults included. */
  count: (method: string) => number;
  /** @returns the calls that Slack refused, faults that were injected left out. A test can assert that there are none. */
  refusals: () => Call[];
  /** What Slack accepts but a person pays for, such as blocks without fallback text. */
  warnings: readonly string[];
  /** Everything the app was told, and how it took it. */
  deliveries: readonly Delivered[];
  /** Tells the app something again as if for the first time: the same `event_id`, no retry header. */
  redeliver: (delivery: Delivery) => Promise<Answer>;
  close: () => Promise<void>;
}

/** Starts on a free port of 127.0.0.1. */
export async function startSlack(options: SlackOptions = {}): Promise<Slack> {
  const parts = assemble(options);
  const { store, faults, socketMode, closing, deliveries, world, address, route } = parts;
  await listen(parts.server, address);
  return {
    url: `${address.origin}/api/`,
    workspace: store,
    deliverTo: (url) => {
      route.requestUrl = url;
    },
    as: (user) => personOf(world, user),
    messages: (channel) => store.messages.filter((it) => it.channel === channel && !it.onlyFor && !it.deleted),
    until: (look, how) => until(store, look, how),
    inject: faults.inject,
    heal: faults.heal,
    socket: socketMode.control,
    happenings: store.happenings,
    calls: store.calls,
    count: (method) => store.calls.filter((it) => it.method === method).length,
    refusals: () => store.calls.filter((it) => it.refused),
    warnings: store.warnings,
    deliveries,
    redeliver: (delivery) => world.wire({ type: delivery.type, payload: delivery.payload }),
    close: () => {
      closing.abort();
      socketMode.close();
      return shut(parts.server);
    },
  };
}

/** Everything wired together, not yet listening. */
function assemble(options: SlackOptions) {
  const { acknowledgeWithin = limits.acknowledge, redeliverAfter = slackRedelivery, rates = {} } = options;
  const store = makeStore(options);
  const closing = new AbortController();
  const address = { origin: '' };
  const origin = () => address.origin;
  const route = { requestUrl: options.requestUrl };
  const triggers = makeTriggers(store);
  const responseUrls = makeResponseUrls(store);
  const faults = makeFaults();

  const context = { store, triggers, openSocket: () => socketMode.openAddress() };
  const server = makeServer({
    context,
    faults,
    rate: makeRates(rates, store.now),
    responseUrls,
    closed: closing.signal,
  });
  const socketMode = makeSocketMode(server, store, origin, acknowledgeWithin);
  const byHttp = httpWire(store, () => route.requestUrl, acknowledgeWithin);
  const deliveries: Delivered[] = [];
  const wire = recorded(store, deliveries, (delivery) => (route.requestUrl ? byHttp : socketMode.wire)(delivery));
  const tell: World['tell'] = (payload, how) => sendEvent(wire, payload, redeliverAfter, how, closing.signal);
  const world: World = { store, triggers, responseUrls, origin, wire, tell };
  return { store, faults, server, socketMode, closing, deliveries, world, address, route };
}

function recorded(store: Store, deliveries: Delivered[], wire: Wire): Wire {
  return async (delivery) => {
    const at = store.now();
    const answer = await wire(delivery);
    deliveries.push({ ...delivery, ...answer, at });
    changed(store);
    return answer;
  };
}

async function listen(server: Server, address: { origin: string }): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
