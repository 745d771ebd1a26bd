import { StringDecoder } from 'node:string_decoder';
import type { KubeClient, Query } from './client.ts';
import type { Call } from './problem.ts';
import { isWorkload, type Resource } from './resource.ts';
import type { KubeObject } from './sight.ts';

/** How patient a watch is. All ms. */
export interface WatchPace {
  /** How long the server keeps one watch open, without jitter. */
  lifeMs: number;
  /**
   * Abort after this long without a byte. API servers send a bookmark about once a minute, so it is a little more than
   * that: less would cut living watches.
   */
  silenceMs: number;
  /** The backoff doubles from the first to the last, with full jitter. */
  firstBackoffMs: number;
  lastBackoffMs: number;
}

export const watchPace: WatchPace = { lifeMs: 240_000, silenceMs: 75_000, firstBackoffMs: 500, lastBackoffMs: 30_000 };

export interface WatchOptions {
  client: KubeClient;
  resource: Resource;
  namespace: string;
  query?: Query;
  /** Called for every change after the first list. What it throws is reported, and changes nothing. */
  onChange: (object: KubeObject) => void;
  /** Called after every list: what happened meanwhile is in it. */
  onSync: () => void;
  onTrouble?: (error: unknown) => void;
  pace?: WatchPace;
  /** [0, 1) */
  random?: () => number;
}

interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject & { code?: number; message?: string };
}

/** History was compacted: only a new list helps. */
class HistoryGone extends Error {}

/**
 * One list and watch of one resource in one namespace that does not give up: after any error it comes back with
 * backoff, from where it was, or from a new list when the server forgot that far back. (client-node's own informer
 * stops for good on the first reset.)
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #pace: WatchPace;
  readonly #closing = new AbortController();
  readonly #objects = new Map<string, KubeObject>();
  #version: string | undefined;
  #synced = false;
  #failures = 0;
  #heardAt = Number.NEGATIVE_INFINITY;
  /** Settles when the watch is closed and its last connection gone. */
  readonly ended: Promise<void>;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#pace = options.pace ?? watchPace;
    this.ended = this.#run();
  }

  /** ms since anything was heard; Infinity before the first list. */
  get age(): number {
    return this.#synced ? performance.now() - this.#heardAt : Number.POSITIVE_INFINITY;
  }

  get objects(): KubeObject[] {
    return [...this.#objects.values()];
  }

  byName(name: string): KubeObject | undefined {
    return this.#objects.get(name);
  }

  close(): void {
    this.#closing.abort();
  }

  async #run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list();
        await this.#follow();
      } catch (error) {
        this.#failed(error);
      }
      if (this.#failures > 0) await this.#pause();
    }
  }

  #failed(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    if (error instanceof HistoryGone) this.#version = undefined;
    this.#failures++;
    this.#options.onTrouble?.(error);
  }

  async #pause(): Promise<void> {
    const most = Math.min(this.#pace.firstBackoffMs * 2 ** (this.#failures - 1), this.#pace.lastBackoffMs);
    await sleep((this.#options.random ?? Math.random)() * most, this.#closing.signal);
  }

  get #call(): Call {
    const { resource, namespace } = this.#options;
    return { verb: 'list', resource, namespace };
  }

  async #list(): Promise<void> {
    const { client, query, onSync } = this.#options;
    const { items, resourceVersion } = await client.list<KubeObject>(this.#call, query);
    this.#objects.clear();
    for (const item of items) this.#keep(item);
    this.#version = resourceVersion;
    this.#synced = true;
    this.#heardAt = performance.now();
    this.#tell(onSync);
  }

  async #follow(): Promise<void> {
    const attempt = new AbortController();
    const signal = AbortSignal.any([attempt.signal, this.#closing.signal]);
    const silence = setTimeout(() => attempt.abort(new Error('the watch fell silent')), this.#pace.silenceMs);
    silence.unref();
    const openedAt = performance.now();
    try {
      const answer = await this.#options.client.stream({ ...this.#call, verb: 'watch', query: this.#query() }, signal);
      if (!answer.ok)
        throw answer.status === 410 ? new HistoryGone() : this.#options.client.refused(this.#call, answer);
      for await (const line of linesOf(answer.body, () => this.#heard(silence))) this.#take(JSON.parse(line));
      // A server that ends a watch as soon as it opened would otherwise be asked again at once, for ever.
      if (performance.now() - openedAt < 1_000) this.#failures++;
    } finally {
      clearTimeout(silence);
      attempt.abort();
    }
  }

  #query(): Query {
    const life = this.#pace.lifeMs * (1 + 0.25 * (this.#options.random ?? Math.random)());
    return {
      ...this.#options.query,
      watch: 1,
      allowWatchBookmarks: true,
      resourceVersion: this.#version,
      timeoutSeconds: Math.ceil(life / 1000),
    };
  }

  #heard(silence: NodeJS.Timeout): void {
    this.#heardAt = performance.now();
    silence.refresh();
  }

  #take({ type, object }: WatchEvent): void {
    if (type === 'ERROR') {
      throw object.code === 410 ? new HistoryGone() : new Error(object.message ?? 'the watch reported an error');
    }
    this.#failures = 0;
    this.#version = object.metadata?.resourceVersion ?? this.#version;
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') this.#objects.delete(object.metadata?.name ?? '');
    else this.#keep(object);
    this.#tell(() => this.#options.onChange(object));
  }

  /** managedFields are half of a pod's size, and only those of workloads are ever read. */
  #keep(object: KubeObject): void {
    if (!isWorkload(this.#options.resource)) delete object.metadata?.managedFields;
    this.#objects.set(object.metadata?.name ?? '', object);
  }

  #tell(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.#options.onTrouble?.(error);
    }
  }
}

async function* linesOf(body: AsyncIterable<Buffer>, heard: () => void): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of body) {
    heard();
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
