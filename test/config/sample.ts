import { parse } from 'yaml';
import { type Catalog, parseCatalog } from '../../src/config/catalog.ts';
import { type Problem, problemText } from '../../src/config/problem.ts';

/** A catalog that says as much as the file can say today. */
export const sampleYaml = `
version: 1
clusters:
  eu: { context: eu-prod }
  us: { kubeconfig: "file:/etc/us.kubeconfig" }
  home: { inCluster: true }
environments:
  staging: { places: [ { cluster: home, namespace: staging } ] }
  prod:
    aliases: [production, prd]
    places: [ { cluster: eu, namespace: prod }, { cluster: us, namespace: prod } ]
    after: { environment: staging, soak: 30m }
    approvals: { required: 2, from: [release-managers], expires: 1h }
    freezes: [ { every: "Fri 15:00 – Mon 08:00", zone: Europe/Berlin, reason: weekend } ]
    announce: { slack: C0PROD, teams: "19:abc@thread.tacv2" }
services:
  payments:
    aliases: [pay]
    image: registry.example.com/payments
    workloads: [ { use: deployment/payments, containers: [app, migrate] }, deployment/payments-worker ]
    strategy: rolling
    checks:
      before: [ { http: "https://payments.staging.example.com/healthz" } ]
      after: [ { http: "https://payments.example.com/ready", status: 204, timeout: 2s, name: ready } ]
    health: { progressDeadline: 15m }
    tier: critical
    team: payments
    source: { github: acme/payments }
    environments:
      staging: { workload: deployment/payments, strategy: recreate, health: { stability: 10s } }
  ledger:
    image: registry.example.com:5000/team/ledger
    workload: statefulset/ledger
    team: payments
    in: [staging]
teams:
  payments: { members: [Lead@example.com], announce: { slack: C0PAY }, page: { webhook: "env:PAGE_URL" } }
roles:
  release-managers:
    slack: [usergroup:S0RELMGR, user:U0LEAD]
    teams: [group:11111111-2222-3333-4444-55555555ABCD]
    emails: [Lead@example.com]
    may: [read, deploy, control, approve, rollback, override, freeze, lock, admin]
    in: [prod]
    for: [team:payments]
  developers: { emails: [dev@example.com], may: [read, deploy, control, rollback] }
registries:
  registry.example.com: { username: "env:REG_USER", password: "file:/run/secrets/reg" }
metrics: { prometheus: { url: "http://prometheus:9090" } }
`;

/** The sample as it was parsed, for a test to change; typed loosely because tests write wrong things into it. */
export const sampleFile = () => parse(sampleYaml);

export function catalogOf(raw: unknown): Catalog {
  const parsed = parseCatalog(raw);
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  return parsed.catalog;
}

export function problemsOf(raw: unknown): Problem[] {
  const parsed = parseCatalog(raw);
  if (parsed.ok) throw new Error('no problem was found');
  return parsed.problems;
}

export const linesOf = (raw: unknown): string[] => problemsOf(raw).map(problemText);
