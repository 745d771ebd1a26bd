import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { reservedWords } from '../../src/config/whole-file.ts';
import { linesOf, problemsOf, sampleFile } from './sample.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests write wrong things into the file on purpose
type Change = (file: any) => void;

const changed = (change: Change) => {
  const file = sampleFile();
  change(file);
  return linesOf(file);
};

describe('one thing wrong gives one line: where, what, and the fix', () => {
  it.each<[string, Change, string]>([
    [
      'an unknown key',
      (f) => {
        f.services.payments.imag = 'x';
      },
      'services.payments.imag: is not a key that is known here. Did you mean "image"?',
    ],
    [
      'a key nothing is near to',
      (f) => {
        f.metrics.zzzzzz = 1;
      },
      'metrics.zzzzzz: is not a key that is known here. Name one of: prometheus.',
    ],
    [
      'another version',
      (f) => {
        f.version = 2;
      },
      'version: "2" cannot be used here. Write version: 1.',
    ],
    [
      'a bare image',
      (f) => {
        f.services.ledger.image = 'nginx';
      },
      'services.ledger.image: "nginx" cannot be used here. Name the registry, too: docker.io/library/nginx.',
    ],
    [
      'an image of a user',
      (f) => {
        f.services.ledger.image = 'acme/app';
      },
      'services.ledger.image: "acme/app" cannot be used here. Name the registry, too: docker.io/acme/app.',
    ],
    [
      'an image with a tag',
      (f) => {
        f.services.ledger.image = 'r.example.com/a:1.2';
      },
      'services.ledger.image: "r.example.com/a:1.2" cannot be used here. Leave the version out, people name it when they deploy: r.example.com/a.',
    ],
    [
      'a missing image',
      (f) => {
        delete f.services.ledger.image;
      },
      'services.ledger.image: is missing. Write registry and repository, such as registry.example.com/payments.',
    ],
    [
      'no workload',
      (f) => {
        delete f.services.ledger.workload;
      },
      'services.ledger: this cannot be used here. Write exactly one of: workload, workloads.',
    ],
    [
      'a CronJob',
      (f) => {
        f.services.ledger.workload = 'cronjob/a';
      },
      'services.ledger.workload: "cronjob/a" cannot be used here. CronJobs are not available yet. Name a deployment, statefulset or daemonset.',
    ],
    [
      'an odd workload in the list',
      (f) => {
        f.services.payments.workloads[0].use = 'deploy/payments';
      },
      'services.payments.workloads[0].use: "deploy/payments" cannot be used here. Write kind and name, such as deployment/payments; the kind is deployment, statefulset or daemonset.',
    ],
    [
      'an unknown cluster',
      (f) => {
        f.environments.prod.places[1].cluster = 'uss';
      },
      'environments.prod.places[1].cluster: "uss" cannot be used here. Did you mean "us"?',
    ],
    [
      'an unknown environment before',
      (f) => {
        f.environments.prod.after.environment = 'stagin';
      },
      'environments.prod.after.environment: "stagin" cannot be used here. Did you mean "staging"?',
    ],
    [
      'a circle of order',
      (f) => {
        f.environments.staging.after = { environment: 'staging' };
      },
      'environments.staging.after: staging after staging goes in a circle. Remove one "after".',
    ],
    [
      'a misspelt strategy',
      (f) => {
        f.services.ledger.strategy = 'canry';
      },
      'services.ledger.strategy: "canry" cannot be used here. Did you mean "canary"?',
    ],
    [
      'canary by name',
      (f) => {
        f.services.ledger.strategy = 'canary';
      },
      'services.ledger.strategy: "canary" cannot be used here. The strategy canary is not available yet; use rolling or recreate.',
    ],
    [
      'canary by steps',
      (f) => {
        f.services.ledger.strategy = { canary: { steps: ['10%', 'bake 5m', 'check'] } };
      },
      'services.ledger.strategy: this cannot be used here. The strategy canary is not available yet; use rolling or recreate.',
    ],
    [
      'blue-green',
      (f) => {
        f.services.ledger.strategy = { 'blue-green': {} };
      },
      'services.ledger.strategy: this cannot be used here. The strategy blue-green is not available yet; use rolling or recreate.',
    ],
    [
      'a metric check',
      (f) => {
        f.services.payments.checks.after = [{ metric: 'error-ratio', max: '1%' }];
      },
      'services.payments.checks.after[0]: this cannot be used here. Checks of a metric are not available yet; remove it.',
    ],
    [
      'a job check',
      (f) => {
        f.services.payments.checks.after = [{ job: 'smoke' }];
      },
      'services.payments.checks.after[0]: this cannot be used here. Checks by a job are not available yet; remove it.',
    ],
    [
      'a check during the rollout',
      (f) => {
        f.services.payments.checks.during = [{ http: 'http://a.example.com/' }];
      },
      'services.payments.checks.during: a list cannot be used here. Checks during a rollout are not available yet; remove them, or move those of http to before or after.',
    ],
    [
      'a URL of files',
      (f) => {
        f.services.payments.checks.after = [{ http: 'file:///etc/passwd' }];
      },
      'services.payments.checks.after[0].http: "file:///etc/passwd" cannot be used here. Write a URL that begins with http:// or https://.',
    ],
    [
      'a duration without unit',
      (f) => {
        f.services.payments.health.progressDeadline = 15;
      },
      'services.payments.health.progressDeadline: "15" cannot be used here. Write a number and a unit: 10s, 30m, 2h or 1d.',
    ],
    [
      'a duration out of reach',
      (f) => {
        f.services.payments.health.progressDeadline = '3d';
      },
      'services.payments.health.progressDeadline: "3d" cannot be used here. Choose something from 10s to 2h.',
    ],
    [
      'an unknown team',
      (f) => {
        f.services.ledger.team = 'paymets';
      },
      'services.ledger.team: "paymets" cannot be used here. Did you mean "payments"?',
    ],
    [
      'an unknown role for approvals',
      (f) => {
        f.environments.prod.approvals.from = ['release-manager'];
      },
      'environments.prod.approvals.from[0]: "release-manager" cannot be used here. Did you mean "release-managers"?',
    ],
    [
      'an unknown environment of a role',
      (f) => {
        f.roles.developers.in = ['test'];
      },
      'roles.developers.in[0]: "test" cannot be used here. Name one of: staging, prod.',
    ],
    [
      'an unknown permission',
      (f) => {
        f.roles.developers.may = ['aprove'];
      },
      'roles.developers.may[0]: "aprove" cannot be used here. Did you mean "approve"?',
    ],
    [
      'a role for nobody known',
      (f) => {
        f.roles.developers.for = ['team:payment'];
      },
      'roles.developers.for[0]: "team:payment" cannot be used here. Did you mean "payments"?',
    ],
    [
      'a freeze in riddles',
      (f) => {
        f.environments.prod.freezes[0].every = 'weekends';
      },
      'environments.prod.freezes[0].every: "weekends" cannot be used here. Write "Fri 15:00 – Mon 08:00", "22:00 – 06:00" or "2026-12-20 – 2027-01-02".',
    ],
    [
      'a zone that is none',
      (f) => {
        f.environments.prod.freezes[0].zone = 'CETT';
      },
      'environments.prod.freezes[0].zone: "CETT" cannot be used here. Name a time zone as Europe/Berlin, America/New_York or UTC.',
    ],
    [
      'a channel by name',
      (f) => {
        f.environments.prod.announce.slack = '#prod';
      },
      'environments.prod.announce.slack: "#prod" cannot be used here. Use the id of the channel, such as C0PROD (Slack shows it under "View channel details").',
    ],
    [
      'a name with capitals',
      (f) => {
        f.services.Ledger = f.services.ledger;
        delete f.services.ledger;
      },
      'services.Ledger: "Ledger" cannot be a name here. Use at most 40 small letters, digits and dashes, such as payments-api.',
    ],
    [
      'a cluster in two ways',
      (f) => {
        f.clusters.home.context = 'x';
      },
      'clusters.home: this cannot be used here. Write either inCluster: true, or a context, a kubeconfig, or both.',
    ],
    [
      'an empty section',
      (f) => {
        f.metrics = null;
      },
      'metrics: is empty. Write a group of keys here.',
    ],
  ])('%s', (_, change, line) => {
    expect(changed(change)).toEqual([line]);
  });
});

it('of the forms that a check may have, explains the one that was meant', () => {
  const lines = changed((f) => {
    f.services.payments.checks.after = [{ htpp: 'http://a.example.com/', status: 200 }];
  });
  expect(lines).toEqual([
    'services.payments.checks.after[0].http: is missing. Write a URL that begins with http:// or https://.',
    'services.payments.checks.after[0].htpp: is not a key that is known here. Did you mean "http"?',
  ]);
});

describe('names that clash', () => {
  it('with the words of the commands are known from the grammar itself', () => {
    const some = ['roll', 'back', 'take', 'over', 'in', 'from', 'because', 'canary', 'freeze', 'doctor', 'help'];
    expect(some.filter((word) => !reservedWords.has(word))).toEqual([]);
    expect(reservedWords.has('service')).toBe(false);
  });

  it.each(['deploy', 'history', 'prod', 'rollback', 'in', 'to'])('refuses a service called %s', (word) => {
    const lines = changed((f) => {
      f.services[word] = { ...f.services.ledger, workload: 'statefulset/other' };
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(reservedWords.has(word) ? /is a word of the commands/ : /already means the service prod/);
  });

  it.each([
    [
      'an alias that is a service',
      (f: ReturnType<typeof sampleFile>) => {
        f.services.ledger.aliases = ['payments'];
      },
      'services.ledger.aliases[0]: "payments" already means the service payments.',
    ],
    [
      'an alias of two services',
      (f: ReturnType<typeof sampleFile>) => {
        f.services.ledger.aliases = ['pay'];
      },
      'services.ledger.aliases[0]: "pay" already means the service payments.',
    ],
    [
      'an alias of a service and an environment',
      (f: ReturnType<typeof sampleFile>) => {
        f.services.ledger.aliases = ['prd'];
      },
      'environments.prod.aliases[1]: "prd" already means the service ledger.',
    ],
    [
      'an alias that is an environment',
      (f: ReturnType<typeof sampleFile>) => {
        f.services.ledger.aliases = ['staging'];
      },
      'services.ledger.aliases[0]: "staging" already means the environment staging.',
    ],
  ])('%s', (_, change, line) => {
    expect(changed(change)).toEqual([`${line} Choose a word that nothing else has.`]);
  });

  it('finds a longer circle once for each that is in it', () => {
    const lines = changed((f) => {
      f.environments.staging.after = { environment: 'prod' };
    });
    expect(lines).toEqual([
      'environments.staging.after: staging after prod after staging goes in a circle. Remove one "after".',
      'environments.prod.after: prod after staging after prod goes in a circle. Remove one "after".',
    ]);
  });
});

describe('what is well written and cannot work', () => {
  it.each<[string, Change, string]>([
    [
      'approvers who may not',
      (f) => {
        f.environments.prod.approvals.from = ['developers'];
      },
      'environments.prod.approvals.from: The role developers may not approve. Add approve to roles.developers.may.',
    ],
    [
      'approvers elsewhere',
      (f) => {
        f.environments.staging.approvals = { required: 1, from: ['release-managers'] };
      },
      'environments.staging.approvals.from: The role release-managers does not hold in staging. Add staging to roles.release-managers.in.',
    ],
    [
      'nobody to approve',
      (f) => {
        f.environments.staging.approvals = { required: 1 };
      },
      'environments.staging.approvals.required: 1 approvals are required, and 0 can be given. Give more people a role that may approve there, or require fewer.',
    ],
    [
      'one workload of two services',
      (f) => {
        f.services.ledger.workload = 'deployment/payments';
      },
      'services.ledger: home/staging/deployment/payments is named for payments in staging and for ledger in staging. Let each workload belong to one service in one environment.',
    ],
    [
      'prod without staging before it',
      (f) => {
        f.services.ledger.in = ['prod'];
      },
      'services.ledger.in: ledger lives in prod, which comes after staging, but not in staging: it could never go there. Add staging, or use an environment without "after".',
    ],
    [
      'an exception for nowhere',
      (f) => {
        f.services.ledger.environments = { prod: { strategy: 'recreate' } };
      },
      'services.ledger.environments.prod: ledger does not live in prod. Add prod to services.ledger.in, or remove this.',
    ],
  ])('%s', (_, change, line) => {
    expect(changed(change)).toEqual([line]);
  });
});

describe('secrets', () => {
  const planted = 'hunter2-planted';
  it.each<[string, Change]>([
    [
      'a password',
      (f) => {
        f.registries['registry.example.com'].password = planted;
      },
    ],
    [
      'credentials in one string',
      (f) => {
        f.registries['registry.example.com'] = `bot:${planted}`;
      },
    ],
    [
      'a misspelt key',
      (f) => {
        f.registries['registry.example.com'].pasword = planted;
      },
    ],
    [
      'a webhook',
      (f) => {
        f.teams.payments.page.webhook = `https://hooks.example.com/${planted}`;
      },
    ],
    [
      'a kubeconfig',
      (f) => {
        f.clusters.us.kubeconfig = `apiVersion: v1\ntoken: ${planted}`;
      },
    ],
    [
      'a URL',
      (f) => {
        f.metrics.prometheus.url = `https://bot:${planted}@prometheus`;
      },
    ],
    [
      'a list of them',
      (f) => {
        f.registries = [planted];
      },
    ],
  ])('are never repeated: %s', (_, change) => {
    const lines = changed(change).join('\n');
    expect(lines).toMatch(/registries|webhook|kubeconfig|url/);
    expect(lines).not.toContain(planted);
  });

  it.each(['age:x', 'kubernetes:ns/secret/key'])('says that %s is not available yet', (reference) => {
    expect(
      changed((f) => {
        f.teams.payments.page.webhook = reference;
      })[0],
    ).toMatch(/are not available yet\. Name where it lies/);
  });
});

describe('many things wrong', () => {
  it('are all told at once, wherever they are', () => {
    const file = sampleFile();
    file.clusters.eu = {};
    file.environments.prod.approvals = { required: 'two', frm: ['x'] };
    file.services.payments.aliases = ['deploy'];
    file.services.payments.workloads[0].use = 'pod/x';
    file.services.payments.team = 'nobody';
    file.services.ledger.image = 7;
    file.roles.developers.may = [];
    file.surprise = true;
    expect(problemsOf(file).map(({ path }) => path)).toEqual([
      'clusters.eu',
      'environments.prod.approvals.required',
      'environments.prod.approvals.frm',
      'services.payments.workloads[0].use',
      'services.payments.team',
      'services.ledger.image',
      'roles.developers.may',
      'surprise',
      'services.payments.aliases[0]',
    ]);
  });
});

describe('the JSON Schema for editors', () => {
  it('is the one that lies at the root (write it anew by: npm exec -- node test/config/write-json-schema.ts)', () => {
    const written = readFileSync(new URL('../../release.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
  });

  it('knows the sections and takes no others', () => {
    expect(jsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['version', 'clusters', 'environments', 'services'],
      additionalProperties: false,
    });
  });
});
