import type { Answer } from './delivery.ts';
import { isSlackError } from './errors.ts';
import { pushView } from './methods-views.ts';
import type { SubmitOutcome } from './outcomes.ts';
import { failure } from './outcomes.ts';
import type { Store } from './store.ts';
import type { Json } from './validation.ts';
import { checkView, closeStack, closeView, type SlackView, updateView } from './views.ts';

/**
 * Carries out what the app answered to a submitted view: `response_action`, or nothing, which closes it. An answer that
 * Slack cannot use leaves the modal open with "We had some trouble connecting", and a line in `warnings`.
 */
export function afterSubmit(store: Store, view: SlackView, answer: Answer): SubmitOutcome {
  const failed = failure(answer);
  if (failed) return failed;
  try {
    return act(store, view, (answer as { body?: Json }).body ?? {});
  } catch (error) {
    if (!isSlackError(error)) throw error;
    store.warnings.push(`view_submission: the answer cannot be used: ${error.message}`);
    return { outcome: 'failed', error: 'invalid_command_response' };
  }
}

function act(store: Store, view: SlackView, body: Json): SubmitOutcome {
  switch (body.response_action) {
    case 'errors':
      return { outcome: 'errors', errors: knownErrors(store, view, body.errors as Record<string, string>) };
    case 'update':
      updateView(store, view, checkView(body.view, 'modal'));
      return { outcome: 'updated', view };
    case 'push':
      return { outcome: 'pushed', view: pushView(store, view.user, checkView(body.view, 'modal'), view) };
    case 'clear':
      closeStack(store, view);
      return { outcome: 'cleared' };
    default:
      closeView(store, view);
      return { outcome: 'closed' };
  }
}

/** Slack shows an error only beside an input block that exists. */
function knownErrors(store: Store, view: SlackView, errors: Record<string, string>): Record<string, string> {
  const inputs = view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id);
  const lost = Object.keys(errors).filter((id) => !inputs.includes(id));
  for (const id of lost)
    store.warnings.push(`view_submission: an error for ${id}, which is no input block of the view: nobody sees it`);
  return errors;
}
