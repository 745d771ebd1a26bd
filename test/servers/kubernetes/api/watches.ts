import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { KubeObject } from '../object.ts';
import { groupVersionOf, type Resource } from '../resources.ts';
import type { Change, Store } from '../store.ts';
import { gone, statusOf } from './api-error.ts';
import type { Matches } from './selectors.ts';

export interface WatchRequest {
  resource: Resource;
  namespace: string | undefined;
  matches: Matches;
  /** Undefined or 0: begin with everything there is. */
  version: number | undefined;
  bookmarks: boolean;
  timeoutMs: number;
}

interface World {
  store: Store;
  clock: Clock;
  bookmarkMs: number;
}

/** All open watches, so that a test can cut them or make them fall silent. */
export class Watches {
  readonly #open = new Set<Watch>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    world.store.subscribe((change) => {
      for (const watch of this.#open) watch.hear(change);
    });
  }

  get size(): number {
    return this.#open.size;
  }

  /** Streams from now on. `silent` opens it half: headers, then nothing for ever. */
  open(request: WatchRequest, response: ServerResponse, silent: boolean): void {
    const watch = new Watch(this.#world, request, response, silent);
    this.#open.add(watch);
    response.on('close', () => {
      watch.silence();
      this.#open.delete(watch);
    });
    watch.begin();
  }

  /** Cuts every open watch with a socket reset. */
  reset(): void {
    for (const watch of this.#open) watch.cut();
  }

  /** Every open watch stays connected and says nothing any more. */
  silence(): void {
    for (const watch of this.#open) watch.silence();
  }
}

class Watch {
  readonly #world: World;
  readonly #request: WatchRequest;
  readonly #response: ServerResponse;
  #silent: boolean;

  constructor(world: World, request: WatchRequest, response: ServerResponse, silent: boolean) {
    this.#world = world;
    this.#request = request;
    this.#response = response;
    this.#silent = silent;
  }

  begin(): void {
    this.#response.writeHead(200, { 'content-type': 'application/json' });
    this.#response.flushHeaders();
    this.#replay();
    if (this.#request.bookmarks) this.#bookmarkLater();
    this.#world.clock.after(this.#request.timeoutMs, () => this.#end());
  }

  hear(change: Change): void {
    const { resource, namespace, matches } = this.#request;
    if (this.#silent || change.plural !== resource.plural) return;
    if (namespace !== undefined && change.object.metadata.namespace !== namespace) return;
    const type = seenAs(change, matches);
    if (!type) return;
    change.json ??= JSON.stringify(change.object);
    this.#response.write(`{"type":"${type}","object":${change.json}}\n`);
  }

  silence(): void {
    this.#silent = true;
  }

  cut(): void {
    this.#response.socket?.resetAndDestroy();
  }

  #replay(): void {
    const { version, resource, namespace, matches } = this.#request;
    if (!version) {
      const present = this.#world.store.list(resource.plural, namespace).filter(matches);
      for (const object of present) this.#say('ADDED', object);
      return;
    }
    const missed = this.#world.store.since(version);
    if (missed) for (const change of missed) this.hear(change);
    else this.#gone(version);
  }

  /** The way the API server says it inside a stream: an ERROR event carrying a 410 Status, then the end. */
  #gone(version: number): void {
    this.#say('ERROR', statusOf(gone(version, this.#world.store.version)));
    this.silence();
    this.#response.end();
  }

  #bookmarkLater(): void {
    this.#world.clock.after(this.#world.bookmarkMs, () => {
      if (this.#silent) return;
      this.#bookmark();
      this.#bookmarkLater();
    });
  }

  #bookmark(): void {
    const { resource } = this.#request;
    const metadata = { resourceVersion: String(this.#world.store.version), creationTimestamp: null };
    this.#say('BOOKMARK', { kind: resource.kind, apiVersion: groupVersionOf(resource), metadata });
  }

  #end(): void {
    if (this.#silent) return;
    if (this.#request.bookmarks) this.#bookmark();
    this.silence();
    this.#response.end();
  }

  #say(type: string, object: object): void {
    if (!this.#silent) this.#response.write(`${JSON.stringify({ type, object })}\n`);
  }
}

/** What a change looks like through a selector: an object that stops matching is DELETED for this watch. */
function seenAs({ type, object, previous }: Change, matches: Matches): Change['type'] | undefined {
  if (type === 'DELETED') return matches(previous as KubeObject) ? 'DELETED' : undefined;
  const before = previous !== undefined && matches(previous);
  const now = matches(object);
  if (now) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}
