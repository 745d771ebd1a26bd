import type { Answer } from './delivery.ts';
import { isSlackError } from './errors.ts';
import { type Failed, failure, type SlashOutcome } from './outcomes.ts';
import { slashPayload } from './payloads.ts';
import { respond } from './response-urls.ts';
import { addMessage } from './store.ts';
import { type Actor, contextOf, mustSee, type Tampered } from './world.ts';

/** Slash commands: three seconds to acknowledge, and whatever goes wrong is told to the asker alone. */

export interface Typed {
  channel: string;
  command: string;
  text: string;
}

export async function slash(actor: Actor, typed: Typed, { tamper }: Tampered): Promise<SlashOutcome> {
  mustSee(actor, typed.channel);
  const payload = slashPayload(actor.world.store, contextOf(actor, typed.channel), typed);
  const answer = await actor.world.wire({ type: 'slash_commands', payload, tamper });
  if (answer.outcome === 'acknowledged') return show(actor, typed, answer);
  return tell(actor, typed, failure(answer)!);
}

/** An acknowledgement may carry the answer: ephemeral unless it says `in_channel`. */
function show(actor: Actor, typed: Typed, answer: Extract<Answer, { outcome: 'acknowledged' }>): SlashOutcome {
  const { body, after } = answer;
  const { store } = actor.world;
  if (!body) return { outcome: 'acknowledged', after };
  try {
    respond(store, { user: actor.user.id, channel: typed.channel }, body);
    return { outcome: 'acknowledged', after, says: body.text as string | undefined };
  } catch (error) {
    if (!isSlackError(error)) throw error;
    store.warnings.push(`${typed.command}: the acknowledgement cannot be shown: ${error.message}`);
    return tell(actor, typed, { outcome: 'failed', error: 'invalid_command_response' });
  }
}

/** Slack itself speaks, and nobody else hears it. */
function tell({ world, user }: Actor, { channel, command }: Typed, failed: Failed): Failed {
  const text = `${command} failed with the error "${failed.error}"`;
  addMessage(world.store, { channel, user: 'USLACKBOT', fromApp: false, text, blocks: [], onlyFor: user.id });
  return failed;
}
