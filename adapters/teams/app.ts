import type { TeamsDesk } from './desk.ts';
import { type Admitted, admit, type Door } from './door.ts';
import { hear } from './hear.ts';
import { type Headers, type HttpReply, status } from './http.ts';
import type { References } from './references.ts';

export interface TeamsOptions
  extends Omit<TeamsDesk, 'patienceMs' | 'goOn' | 'stopping'>,
    Omit<Door, 'transport' | 'log'> {
  references: Pick<References, 'remember'>;
  /** Teams waits five seconds for the answer to a press, and then presses again. */
  patienceMs?: number;
}

export interface TeamsApp {
  /** What to mount under `POST /api/messages`. @param rawBody at most 256 KB, else it is answered 413 */
  receive(rawBody: Buffer, headers: Headers): Promise<HttpReply>;
  /** Waits until what was taken is answered. */
  stop(): Promise<void>;
}

/** The people's side of Teams: one endpoint for messages, presses, forms, and for being added somewhere. */
export const teamsApp = ({ patienceMs = 4_000, references, ...options }: TeamsOptions): TeamsApp => {
  const { log } = options;
  const open = new Set<Promise<unknown>>();
  const stopping = new AbortController();
  const goOn = (work: Promise<unknown>): void => {
    const done = work
      .catch((error: unknown) => log.error({ error }, 'work for Teams failed after its request was answered'))
      .finally(() => open.delete(done));
    open.add(done);
  };
  const desk: TeamsDesk = { ...options, patienceMs, goOn, stopping: stopping.signal };

  const take = async (rawBody: Buffer, headers: Headers): Promise<HttpReply> => {
    const arrived = performance.now();
    const admitted = await admit(options, rawBody, headers);
    if ('status' in admitted) return admitted;
    const remembered = remember(admitted);
    goOn(remembered);
    // Before anything is accepted: a worker may have to post there at once.
    const handle: TeamsDesk['handle'] = async (asked) => remembered.then(() => options.handle(asked));
    // Whoever pressed has been waiting since then, also while the keys of the Connector were fetched.
    const left = Math.max(0, patienceMs - (performance.now() - arrived));
    return hear({ ...desk, handle, patienceMs: left }, admitted);
  };

  /** Without the ledger nothing is accepted either, so that its absence is told there. */
  const remember = async ({ activity }: Admitted): Promise<void> => {
    try {
      await references.remember(activity);
    } catch (error) {
      log.warn({ error }, 'where a conversation of Teams is served could not be remembered');
    }
  };

  return {
    receive(rawBody, headers) {
      const reply = take(rawBody, headers).catch((error: unknown) => {
        log.error({ error }, 'could not take a request of Teams');
        return status(500);
      });
      goOn(reply);
      return reply;
    },
    async stop() {
      stopping.abort();
      while (open.size > 0) await Promise.allSettled(open);
    },
  };
};
