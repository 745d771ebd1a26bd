import { remembering } from '../../src/directory.ts';
import { type Refusal, refuse } from '../../src/errors.ts';
import type { Identity, Log, Principal } from '../../src/ports.ts';
import type { Actor } from '../../src/release/event.ts';
import { slackCode } from './failures.ts';
import { userGroups } from './user-groups.ts';
import type { Installation, Web } from './web.ts';

type User = NonNullable<Awaited<ReturnType<typeof lookUp>>>;

/**
 * Who somebody of our Slack workspace is: one human, by the e-mail address that Slack has verified. A right that is taken
 * from them in Slack lives for a minute, and for up to 11 while Slack does not answer.
 * @param now milliseconds, only differences count.
 */
export const slackIdentity = (web: Web, now: () => number, log: Log): Identity => {
  const remember = remembering({ name: 'Slack', log, now });
  const groupsOf = userGroups(web, remember);
  const known = remember((id) => lookUp(web, id));
  return {
    async resolve(actor) {
      const [user, us] = await Promise.all([known(actor.id), web.installation()]);
      if (!user) return unknown(actor);
      const refusal = refuseOutsider(actor, user, us) ?? refuseNameless(user);
      return refusal ?? principal(actor, user, await groupsOf(actor.id));
    },
  };
};

const lookUp = async (web: Web, id: string) => {
  try {
    return (await web.call('users.info', { user: id })).user;
  } catch (error) {
    if (['user_not_found', 'user_not_visible'].includes(slackCode(error) ?? '')) return undefined;
    throw error;
  }
};

const unknown = (actor: Actor): Refusal =>
  refuse(
    'not-known',
    `Slack does not show me who ${actor.name || actor.id} is.`,
    'Ask someone of this workspace to do it.',
  );

const refuseOutsider = (actor: Actor, user: User, us: Installation): Refusal | undefined => {
  if (user.is_bot || user.id === 'USLACKBOT')
    return refuse('not-known', 'Bots and workflows do not release.', 'Use an API token: POST /api/v1/commands.');
  if (user.deleted) return refuse('not-known', 'This account is deactivated.', 'Ask a colleague to do it.');
  if (user.is_restricted || user.is_ultra_restricted)
    return refuse(
      'not-known',
      'Guests of this workspace do not release.',
      'Ask a full member of the workspace to do it.',
    );
  if (user.is_stranger || !isOurs(actor.tenant, us) || !isOurs(user.team_id, us, user.enterprise_user?.enterprise_id))
    return refuse(
      'not-known',
      'People of other workspaces do not release here.',
      'Ask someone of this workspace to do it.',
    );
  return undefined;
};

const isOurs = (team: string | undefined, us: Installation, enterprise?: string): boolean =>
  team === us.team || (us.enterprise !== undefined && (team === us.enterprise || enterprise === us.enterprise));

const refuseNameless = (user: User): Refusal | undefined => {
  if (user.profile?.email && user.is_email_confirmed !== false) return undefined;
  return refuse(
    'not-known',
    'Slack gives me no confirmed e-mail address for you, and I know people by it.',
    'Confirm your address in your Slack account settings. If nobody is known, the app lacks the scope users:read.email.',
  );
};

const principal = (actor: Actor, user: User, groups: string[]): Principal => {
  const email = (user.profile?.email ?? '').toLowerCase();
  const name = user.profile?.display_name || user.profile?.real_name || user.name || actor.name;
  return {
    principal: email,
    name,
    actor: { ...actor, name },
    emails: [email],
    groups: [...groups, `user:slack:${actor.id}`],
    roles: [],
    token: false,
  };
};
