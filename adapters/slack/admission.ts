import { z } from 'zod';
import type { Installation } from './web.ts';

/** Which payloads are for us at all. The same for HTTP and Socket Mode, commands, interactions and events. */

const id = z.string().nullish();
const place = z.object({ id, enterprise_id: id }).nullish();

/** All the fields in which Slack names the app and the workspace, over all kinds of payload. */
const envelope = z.object({
  api_app_id: id,
  team_id: id,
  enterprise_id: id,
  team: place,
  enterprise: place,
  context_team_id: id,
  authorizations: z.array(z.object({ team_id: id, enterprise_id: id })).nullish(),
  event: z.object({ bot_id: id, subtype: id }).nullish(),
});

export type Admission = 'ours' | 'foreign' | 'bot';

/** `foreign`: of another app or workspace. `bot`: something that a bot said, ourselves included. */
export const admit = (body: unknown, us: Installation): Admission => {
  const { success, data } = envelope.safeParse(body);
  if (!success || data.api_app_id !== us.app || !isOurs(data, us)) return 'foreign';
  return data.event?.bot_id || data.event?.subtype === 'bot_message' ? 'bot' : 'ours';
};

const isOurs = (it: z.infer<typeof envelope>, us: Installation): boolean => {
  const granted = it.authorizations ?? [];
  // In a shared channel `team` may be the other side's: then the installation stands in authorizations or context.
  const teams = [it.team_id, it.team?.id, it.context_team_id, ...granted.map(({ team_id }) => team_id)];
  const enterprises = [
    it.enterprise_id,
    it.enterprise?.id,
    it.team?.enterprise_id,
    ...granted.map((grant) => grant.enterprise_id),
  ];
  return teams.includes(us.team) || (us.enterprise !== undefined && enterprises.includes(us.enterprise));
};
