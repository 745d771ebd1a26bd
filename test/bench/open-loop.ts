import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** What came of requests that were sent at a steady rate, whether or not the answers kept up. */
export interface Load {
  /** ms from when it was due to be sent until its whole answer was there. */
  took: number[];
  /** Answers that were no acceptance, in words. */
  failures: string[];
}

/** Whom to send to, and what. */
export interface Sender {
  url: string;
  next: () => { body: string; headers: Record<string, string> };
  /** @returns undefined for an answer that says yes, else what is wrong with it */
  whyNot: (answer: Answer) => string | undefined;
}

export interface Answer {
  status: number;
  text: string;
}

export interface Pace {
  /** A second. */
  rate: number;
  seconds: number;
}

/** Sends each request when its time has come: a slow answer delays no other, and its wait counts from its due time. */
export async function load({ url, next, whyNot }: Sender, { rate, seconds }: Pace): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const result: Load = { took: [], failures: [] };
  const began = performance.now();
  const sent = Array.from({ length: rate * seconds }, async (_, n) => {
    const due = began + (n * 1_000) / rate;
    await pause(Math.max(0, Math.ceil(due - performance.now())));
    const wrong = await post(agent, url, next()).then(whyNot, (error: Error) => error.message);
    result.took.push(performance.now() - due);
    if (wrong !== undefined) result.failures.push(wrong.slice(0, 200));
  });
  await Promise.all(sent);
  agent.destroy();
  return result;
}

/** @returns what is wrong with an answer that is not 200 or does not say this */
export const unlessSaid =
  (yes: string): Sender['whyNot'] =>
  ({ status, text }) =>
    status === 200 && text.includes(yes) ? undefined : `HTTP ${status} ${text}`;

function post(agent: Agent, url: string, { body, headers }: ReturnType<Sender['next']>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}
