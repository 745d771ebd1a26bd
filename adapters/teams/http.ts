/** What goes back over HTTP. */

export interface HttpReply {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export type Headers = Record<string, string | string[] | undefined>;

export const status = (code: number): HttpReply => ({ status: code });

/** Taken: the Connector needs to hear no more. */
export const taken = status(200);

export const json = (body: object): HttpReply => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});
