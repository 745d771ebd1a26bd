/** What the naive engine keeps in its job, as BullMQ's page about process step jobs has it. */
export interface DeployJob {
  id: string;
  /** `namespace/name` of a Deployment. */
  target: string;
  image: string;
  step: 'apply' | 'watch' | 'bake' | 'done';
}

export const queueName = 'naive-deploys';

/** The Redis of the run, and patient connections as BullMQ's documentation wants them. */
export const connection = { url: process.env.REDIS_URL, maxRetriesPerRequest: null, retryStrategy: () => 200 };
