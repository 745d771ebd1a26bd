import { createHash } from 'node:crypto';
import { KubeConfig, RequestContext } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { TerminalError } from '../../src/errors.ts';

/** Where the credentials of a cluster come from. Nothing named: what kubectl would use. */
export interface ClusterAccess {
  /** Path of a kubeconfig file. */
  kubeconfig?: string;
  /** A kubeconfig itself, where the catalog refers to it as to a secret. */
  content?: string;
  /** A context of it; its current one when absent. */
  context?: string;
  inCluster?: boolean;
}

/** Reads the kubeconfig. Throws TerminalError `misconfigured` naming the file or the contexts that there are. */
export function loadKubeConfig(access: ClusterAccess): KubeConfig {
  const config = new KubeConfig();
  const from = sourceOf(access);
  try {
    if (access.inCluster) config.loadFromCluster();
    else if (access.content !== undefined) config.loadFromString(access.content);
    else if (access.kubeconfig) config.loadFromFile(access.kubeconfig);
    else config.loadFromDefault();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'it is not valid YAML';
    throw misconfigured(`${from} cannot be read (${code})`, 'give the path of a kubeconfig that this process may read');
  }
  if (access.context) chooseContext(config, access.context, from);
  if (!config.getCurrentCluster()?.server) {
    throw misconfigured(`${from} names no cluster to talk to`, 'set current-context, or name a context in the catalog');
  }
  return config;
}

function sourceOf({ inCluster, content, kubeconfig }: ClusterAccess): string {
  if (inCluster) return 'the ServiceAccount of this pod';
  return content === undefined ? (kubeconfig ?? 'the default kubeconfig') : 'the given kubeconfig';
}

function chooseContext(config: KubeConfig, context: string, from: string): void {
  const names = config.getContexts().map((c) => c.name);
  if (!names.includes(context)) {
    throw misconfigured(`${from} has no context "${context}"`, `it has: ${names.join(', ') || 'none'}`);
  }
  config.setCurrentContext(context);
}

const misconfigured = (say: string, hint: string) => new TerminalError('misconfigured', say, hint);

/** What a request needs: how to prove who we are, and the connections to use. */
export interface Door {
  server: string;
  headers: Record<string, string>;
  /** For calls: few connections, short patience. */
  calls: Dispatcher;
  /** For watches: they hold their connection for minutes, and would starve the calls of theirs. */
  streams: Dispatcher;
}

export interface Connection {
  /** Asks for credentials anew every time: in-cluster tokens and those of exec plugins rotate. */
  open(): Promise<Door>;
  close(): Promise<void>;
}

const connectTimeout = 5_000;
const headersTimeout = 10_000;

type TlsOptions = Parameters<KubeConfig['createDispatcherOptions']>[1];
type Pair = { calls: Dispatcher; streams: Dispatcher };

/**
 * Keeps connections. client-node 2.0.1 makes a new Agent, thus a new TLS connection, for every request
 * (kubernetes-client/javascript#2893); here there is one pair of them until the certificates change.
 */
export function connect(config: KubeConfig): Connection {
  const server = config.getCurrentCluster()!.server.replace(/\/+$/, '');
  let kept: { key: string; pair: Pair } | undefined;
  const keep = (tls: TlsOptions): Dispatcher => {
    const key = fingerprint(tls);
    if (kept?.key !== key) {
      kept?.pair.calls.close().catch(() => {});
      kept?.pair.streams.close().catch(() => {});
      kept = { key, pair: makePair(config, tls) };
    }
    return kept.pair.calls;
  };
  Object.defineProperty(config, 'createDispatcher', { value: (_cluster: unknown, tls: TlsOptions) => keep(tls) });
  return {
    async open() {
      const context = new RequestContext(server, 'GET');
      await config.applySecurityAuthentication(context);
      return { server, headers: context.getHeaders(), ...kept!.pair };
    },
    async close() {
      await Promise.all([kept?.pair.calls.destroy(), kept?.pair.streams.destroy()]);
    },
  };
}

const fingerprint = (tls: TlsOptions): string =>
  createHash('sha256')
    .update(JSON.stringify([tls.ca, tls.cert, tls.key, tls.servername]))
    .digest('hex');

function makePair(config: KubeConfig, tls: TlsOptions): Pair {
  const make = (limits: Agent.Options) => makeDispatcher(config, tls, limits);
  return {
    calls: make({ connections: 16, headersTimeout, bodyTimeout: headersTimeout }),
    streams: make({ headersTimeout, bodyTimeout: 0 }),
  };
}

function makeDispatcher(config: KubeConfig, tls: TlsOptions, limits: Agent.Options): Dispatcher {
  const options = config.createDispatcherOptions(config.getCurrentCluster(), tls);
  const keepAlive = { timeout: connectTimeout, keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (options.type === 'proxy') {
    return new ProxyAgent({ ...limits, uri: options.uri, requestTls: options.requestTls, connect: keepAlive });
  }
  if (options.type === 'socks') {
    throw misconfigured('the kubeconfig asks for a SOCKS proxy', 'use an HTTP proxy, or a direct connection');
  }
  return new Agent({ ...limits, connect: { ...(options.type === 'agent' ? options.connect : {}), ...keepAlive } });
}
