import type { Ledger, Log } from '../../src/ports.ts';
import type { Deliver } from './deliver.ts';
import { limits } from './limits.ts';
import { type Payload, parseRequest } from './request-body.ts';
import { type Headers, one, signatureKey, whyNotSlack } from './signature.ts';

/** Slack over HTTP: one path for commands, interactions and events, for whatever server mounts it. */

export interface HttpReply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** @param rawBody the very bytes of the request: the signature is over them. */
export type ReceiveHttp = (rawBody: Buffer, headers: Headers) => Promise<HttpReply>;

export interface HttpWay {
  signingSecret: string;
  deliver: Deliver;
  once: Ledger['once'];
  log: Log;
  /** Milliseconds. */
  now: () => number;
}

/** Slack's stamps are good for five minutes both ways; twice that is never too short. */
const rememberMs = 600_000;

const status = (code: number, body = ''): HttpReply => ({
  status: code,
  headers: { 'content-type': 'text/plain' },
  body,
});

export const receiveHttp =
  (way: HttpWay): ReceiveHttp =>
  async (rawBody, headers) => {
    if (rawBody.length > limits.requestBody) return status(413);
    const contentType = one(headers['content-type']);
    const payload = parseRequest(rawBody, contentType);
    // Slack's check of our certificate: answered, and nothing of it is ever looked at.
    if (payload?.ssl_check !== undefined) return status(200);
    const why = whyNotSlack(way.signingSecret, rawBody, headers, way.now()) ?? (await whyReplayed(way, headers));
    if (why) return refuse(way, why);
    if (!payload) return status(400, 'neither JSON nor a form of Slack');
    if (payload.type === 'url_verification') return status(200, String(payload.challenge));
    return hand(way, payload, headers);
  };

const refuse = ({ log }: HttpWay, why: string): HttpReply => {
  log.warn({ why }, 'refused a request that Slack did not sign');
  return status(401);
};

/** Without the ledger we cannot know; then nothing is accepted either, and the person is to hear that from us. */
const whyReplayed = async ({ once, log }: HttpWay, headers: Headers): Promise<string | undefined> => {
  try {
    return (await once(signatureKey(headers), rememberMs)) ? undefined : 'replayed';
  } catch (error) {
    log.warn({ error }, 'the ledger does not say whether a Slack request is a replay');
    return undefined;
  }
};

/** Answers as soon as it is acknowledged; what goes on after that is on nobody's clock. */
const hand = ({ deliver, log }: HttpWay, body: Payload, headers: Headers): Promise<HttpReply> =>
  new Promise((resolve) => {
    const retryNum = Number(one(headers['x-slack-retry-num']) || 0);
    deliver({ body, retryNum, ack: async (answer: unknown) => resolve(acknowledgement(answer)) }).then(
      (outcome) => resolve(status(outcome === 'foreign' ? 403 : 500)),
      (error: unknown) => {
        log.error({ error }, 'could not take a request of Slack; Slack will say so, or tell it again');
        resolve(status(503));
      },
    );
  });

const acknowledgement = (answer: unknown): HttpReply =>
  answer === undefined
    ? { status: 200 }
    : { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
