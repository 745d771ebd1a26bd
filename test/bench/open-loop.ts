import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { sign } from '../servers/slack/signature.ts';

/** What came of commands that were sent at a steady rate, whether or not the answers kept up. */
export interface Load {
  /** ms from when it was due to be sent until its whole answer was there. */
  took: number[];
  /** Answers that were no acceptance, in words. */
  failures: string[];
}

export interface Loading {
  url: string;
  signingSecret: string;
  /** A second. */
  rate: number;
  seconds: number;
  /** The form fields of the nth command. */
  fields: (n: number) => Record<string, string>;
}

/** Sends each command when its time has come: a slow answer delays no other, and its wait counts from its due time. */
export async function load({ url, signingSecret, rate, seconds, fields }: Loading): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const result: Load = { took: [], failures: [] };
  const began = performance.now();
  const sent = Array.from({ length: rate * seconds }, async (_, n) => {
    const due = began + (n * 1_000) / rate;
    await pause(Math.max(0, Math.ceil(due - performance.now())));
    const said = await post(agent, url, signed(signingSecret, fields(n))).catch((error: Error) => error.message);
    result.took.push(performance.now() - due);
    if (!said.includes('Accepted as')) result.failures.push(said.slice(0, 200));
  });
  await Promise.all(sent);
  agent.destroy();
  return result;
}

function signed(secret: string, fields: Record<string, string>) {
  const { body, headers } = sign(secret, new URLSearchParams(fields).toString(), Date.now());
  return { body, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } };
}

function post(agent: Agent, url: string, { body, headers }: ReturnType<typeof signed>): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve(answer.statusCode === 200 ? text : `HTTP ${answer.statusCode} ${text}`));
      answer.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}
