import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Ledger } from '../../src/ports.ts';

/**
 * What we count, for Prometheus. Labels come from closed lists (verbs, codes, phases, names of the catalog): never
 * from what a person typed, and never a secret. Durations are told in seconds.
 */
export interface Metrics {
  /** One command that `handle` answered; `code` of the refusal, if it was one. */
  command(fields: { verb: string; via: string; outcome: 'ok' | 'refused' | 'not-accepted'; code?: string }): void;
  finished(phase: string): void;
  /** `seconds` from when the cluster published the fact until the verdict was written. */
  verdict(cause: string, seconds?: number): void;
  ledger(operation: string, outcome: 'ok' | 'failed', seconds: number): void;
  chat(surface: string, call: string, outcome: 'ok' | 'failed'): void;
  clusterRequest(cluster: string, verb: string, resource: string): void;
  http(fields: { method: string; route: string; status: number; seconds: number }): void;
  /** The text that Prometheus reads. Releases under way are counted from the ledger at that moment. */
  text(ledger: Pick<Ledger, 'active'>): Promise<string>;
}

const quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const slow = [0.5, 1, 2, 3, 5, 10, 30, 60, 120, 300, 600];
const prefix = 'release_engineer_';

export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;

function instruments(registers: Registry[]) {
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: prefix + name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[], buckets: number[]) =>
    new Histogram({ name: prefix + name, help, labelNames, buckets, registers });
  return {
    releases: new Gauge({ name: `${prefix}releases`, help: 'Releases under way', labelNames: ['phase'], registers }),
    finished: counter('releases_finished_total', 'Releases that ended', ['phase']),
    commands: counter('commands_total', 'Commands that were answered', ['verb', 'via', 'outcome']),
    refusals: counter('refusals_total', 'Commands that were refused', ['code']),
    verdicts: counter('verdicts_total', 'Failed verdicts', ['cause']),
    verdictSeconds: histogram(
      'time_to_verdict_seconds',
      'From the fact in the cluster to the verdict',
      ['cause'],
      slow,
    ),
    ledger: histogram('ledger_seconds', 'Operations of the ledger', ['operation', 'outcome'], quick),
    chat: counter('chat_calls_total', 'Calls to chat platforms', ['surface', 'call', 'outcome']),
    cluster: counter('cluster_requests_total', 'Requests to clusters', ['cluster', 'verb', 'resource']),
    http: histogram('http_seconds', 'Requests to us', ['method', 'route', 'status'], quick),
  };
}

/** Counters of this process, with those of Node itself: event loop lag, memory, garbage collection. */
export function metrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix });
  const by = instruments([registry]);
  return {
    command({ verb, via, outcome, code }) {
      by.commands.inc({ verb, via, outcome });
      if (code !== undefined) by.refusals.inc({ code });
    },
    finished: (phase) => by.finished.inc({ phase }),
    verdict(cause, seconds) {
      by.verdicts.inc({ cause });
      if (seconds !== undefined) by.verdictSeconds.observe({ cause }, seconds);
    },
    ledger: (operation, outcome, seconds) => by.ledger.observe({ operation, outcome }, seconds),
    chat: (surface, call, outcome) => by.chat.inc({ surface, call, outcome }),
    clusterRequest: (cluster, verb, resource) => by.cluster.inc({ cluster, verb, resource }),
    http: ({ method, route, status, seconds }) => by.http.observe({ method, route, status }, seconds),
    async text(ledger) {
      await countReleases(by.releases, ledger);
      return registry.metrics();
    },
  };
}

/** Without the ledger the gauge says nothing, rather than something old; the other numbers are still told. */
async function countReleases(gauge: Gauge<'phase'>, ledger: Pick<Ledger, 'active'>): Promise<void> {
  const active = await ledger.active().catch(() => []);
  gauge.reset();
  for (const { phase } of active) gauge.inc({ phase });
}
