import { appendFileSync } from 'node:fs';

/** What a person asked for, and what they were told: the client's own log, kept in a file that survives the run. */
export interface Request {
  /** Goes with the command as its reason (`c17`), so that its effects can be found again. */
  n: number;
  verb: string;
  target: string;
  text: string;
  person: string;
  /** Times the same delivery was sent again. */
  retries: number;
  outcome: 'accepted' | 'refused' | 'unknown' | 'pending';
  /** The release that the answer named. */
  release?: string;
  /** How the answer began. */
  said: string;
  /** A command that joined the release of another, or found it done already. */
  joined: boolean;
}

/** A press of a button, which Slack acknowledges before anybody knows what came of it. */
export interface Press {
  verb: string;
  release: string;
  person: string;
  at: number;
}

export interface History {
  requests: Request[];
  presses: Press[];
  /** Answers that differed when the same delivery came again. */
  contradictions: string[];
  note(event: object): void;
}

export function newHistory(file: string): History {
  const note = (event: object): void => appendFileSync(file, `${JSON.stringify({ t: Date.now(), ...event })}\n`);
  return { requests: [], presses: [], contradictions: [], note };
}
