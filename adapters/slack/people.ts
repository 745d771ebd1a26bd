import type { Actor } from '../../src/release/event.ts';

/** The person in a command, a press of a button, or a form. */

interface InteractionBody {
  user: { id: string; name?: string; username?: string; team_id?: string };
  team: { id: string } | null;
}

/** `user.team_id` is the person's own workspace, `team` may be the one of the channel. */
export const whoActed = ({ user, team }: InteractionBody): Actor => ({
  surface: 'slack',
  tenant: user.team_id ?? team?.id ?? '',
  id: user.id,
  name: user.name ?? user.username ?? user.id,
});

interface WrittenEvent {
  user: string;
  user_team?: string;
  source_team?: string;
  team?: string;
}

/** Events carry no name; the identity knows it. */
export const whoWrote = (event: WrittenEvent, envelopeTeam: string): Actor => ({
  surface: 'slack',
  tenant: event.user_team ?? event.source_team ?? event.team ?? envelopeTeam,
  id: event.user,
  name: event.user,
});
