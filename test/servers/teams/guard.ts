import { isObject, textOf } from './json.ts';
import type { Rate } from './rates.ts';
import { type Request, type Route, tooMany } from './serve.ts';

/** @returns the routes behind a door: first who calls, then how often, then what. */
export function guarded(routes: Route[], authorize: (request: Request) => unknown, rate: Rate): Route[] {
  return routes.map((route) => ({
    ...route,
    answer: (request) => {
      authorize(request);
      const seconds = rate(route.call, conversationOf(request));
      return seconds ? tooMany(seconds) : route.answer(request);
    },
  }));
}

/** The conversation whose rate a call counts for: a channel with all its threads is one. */
function conversationOf({ params, body }: Request): string {
  const channel = isObject(body.channelData) && isObject(body.channelData.channel) ? body.channelData.channel : {};
  const [member] = Array.isArray(body.members) ? body.members : [];
  const created = textOf(channel.id) || (isObject(member) ? textOf(member.id) : '');
  return (params.conversation ?? created).split(';')[0]!;
}
