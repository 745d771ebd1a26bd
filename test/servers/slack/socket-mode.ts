import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket as Socket, WebSocketServer } from 'ws';
import type { Answer, Delivery, Wire } from './delivery.ts';
import { changed, type Store } from './store.ts';
import type { Json } from './validation.ts';

/** Socket Mode: the app connects to us; each envelope goes to one of its connections and waits to be acknowledged. */
export interface SocketMode {
  /** What tests do to the connections. */
  control: SocketControl;
  wire: Wire;
  /** @returns a WebSocket address good for one connection. */
  openAddress: () => string;
  close: () => void;
}

export interface SocketControl {
  /** How many connections are open now. */
  connections: () => number;
  /** How many were ever opened. */
  opened: () => number;
  /** Sends the frame with which Slack announces that it will close; the client is expected to reconnect. */
  disconnect: (reason: 'refresh_requested' | 'warning' | 'link_disabled', which?: 'all' | 'oldest') => void;
  /** Breaks connections without a closing handshake. */
  drop: (which?: 'all' | 'oldest') => void;
}

interface State {
  store: Store;
  sockets: Socket[];
  tickets: Set<string>;
  /** Envelopes that wait for their acknowledgement, by envelope_id. */
  waiting: Map<string, { socket: Socket; settle: (ack: Json | 'closed') => void }>;
  opened: number;
  next: number;
}

const pingEvery = 10_000;

/** Adds Socket Mode to the HTTP server. `acknowledgeWithin` in milliseconds. */
export function makeSocketMode(
  server: Server,
  store: Store,
  origin: () => string,
  acknowledgeWithin: number,
): SocketMode {
  const state: State = { store, sockets: [], tickets: new Set(), waiting: new Map(), opened: 0, next: 0 };
  const upgrades = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const ticket = new URL(request.url ?? '/', origin()).searchParams.get('ticket') ?? '';
    if (!state.tickets.delete(ticket)) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    upgrades.handleUpgrade(request, socket, head, (accepted) => welcome(state, accepted));
  });
  const pings = setInterval(() => state.sockets.forEach((socket) => void socket.ping()), pingEvery).unref();
  return {
    control: controlOf(state),
    wire: (delivery) => deliver(state, delivery, acknowledgeWithin),
    openAddress: () => `${origin().replace('http', 'ws')}/link/?ticket=${newTicket(state)}&app_id=${store.app.id}`,
    close() {
      clearInterval(pings);
      for (const socket of state.sockets) socket.terminate();
    },
  };
}

function controlOf(state: State): SocketControl {
  const chosen = (which: 'all' | 'oldest' = 'all') =>
    which === 'all' ? [...state.sockets] : state.sockets.slice(0, 1);
  return {
    connections: () => state.sockets.length,
    opened: () => state.opened,
    disconnect(reason, which) {
      const frame = { type: 'disconnect', reason, debug_info: { host: 'stand-in' } };
      for (const socket of chosen(which)) socket.send(JSON.stringify(frame));
    },
    drop(which) {
      for (const socket of chosen(which)) socket.terminate();
    },
  };
}

function newTicket(state: State): string {
  const ticket = randomUUID();
  state.tickets.add(ticket);
  return ticket;
}

function welcome(state: State, socket: Socket): void {
  state.sockets.push(socket);
  state.opened += 1;
  socket.on('message', (data: Buffer) => acknowledged(state, JSON.parse(data.toString()) as Json));
  socket.on('error', () => socket.terminate());
  socket.on('close', () => farewell(state, socket));
  const about = { app_id: state.store.app.id };
  const debug = { host: 'stand-in', approximate_connection_time: 3600 };
  socket.send(
    JSON.stringify({ type: 'hello', num_connections: state.sockets.length, connection_info: about, debug_info: debug }),
  );
  changed(state.store);
}

/** What was on its way over a connection that broke will not be acknowledged any more. */
function farewell(state: State, socket: Socket): void {
  state.sockets = state.sockets.filter((it) => it !== socket);
  for (const envelope of state.waiting.values()) if (envelope.socket === socket) envelope.settle('closed');
  changed(state.store);
}

function acknowledged(state: State, frame: Json): void {
  state.waiting.get(String(frame.envelope_id))?.settle(frame);
}

/** One of N: connections take turns, and nobody else hears of it. */
async function deliver(state: State, delivery: Delivery, within: number): Promise<Answer> {
  const socket = state.sockets[state.next++ % Math.max(1, state.sockets.length)];
  if (!socket) return { outcome: 'unreachable', after: 0 };
  const from = performance.now();
  const ack = await sendEnvelope(state, socket, delivery, within);
  const after = Math.round(performance.now() - from);
  if (ack === 'timeout') return { outcome: 'timeout', after };
  if (ack === 'closed') return { outcome: 'unreachable', after };
  const body = ack.payload as Json | undefined;
  return { outcome: 'acknowledged', after, body: body && Object.keys(body).length > 0 ? body : undefined };
}

function sendEnvelope(
  state: State,
  socket: Socket,
  delivery: Delivery,
  within: number,
): Promise<Json | 'closed' | 'timeout'> {
  const id = randomUUID();
  return new Promise((resolve) => {
    const settle = (ack: Json | 'closed' | 'timeout') => {
      clearTimeout(timer);
      state.waiting.delete(id);
      resolve(ack);
    };
    const timer = setTimeout(() => settle('timeout'), within);
    state.waiting.set(id, { socket, settle });
    socket.send(JSON.stringify(envelope(id, delivery)));
  });
}

function envelope(id: string, { type, payload, retry }: Delivery): Json {
  const event = type === 'events_api';
  const retries = event
    ? { retry_attempt: retry?.num ?? 0, retry_reason: retry ? socketReason(retry.reason) : '' }
    : {};
  return { envelope_id: id, type, payload, accepts_response_payload: !event, ...retries };
}

/** Over a socket nothing is an `http_timeout`. */
function socketReason(reason: string): string {
  return reason.replace('http_', '');
}
