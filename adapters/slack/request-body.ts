/** What Slack sends: JSON for events, a form for commands, JSON inside a form for interactions. */

export type Payload = Record<string, unknown>;

/** @returns undefined when it is none of these. */
export const parseRequest = (body: Buffer, contentType: string): Payload | undefined => {
  const text = body.toString('utf8');
  if (!contentType.startsWith('application/x-www-form-urlencoded')) return parseJson(text);
  const form = Object.fromEntries(new URLSearchParams(text));
  return typeof form.payload === 'string' ? parseJson(form.payload) : form;
};

const parseJson = (text: string): Payload | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};
