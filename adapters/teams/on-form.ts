import type { Asked } from '../../src/asked.ts';
import { ask, inTime, notAccepted, nothingToRelease, privateReply, stillWriting } from '../../src/asking.ts';
import { no } from '../../src/commands/reply.ts';
import { isRefusal, TransientError } from '../../src/errors.ts';
import type { Actor } from '../../src/release/event.ts';
import type { Reply } from '../../src/release/view.ts';
import type { Sent } from './activity.ts';
import { logged, post, privately, tellOnce } from './answering.ts';
import type { TeamsDesk } from './desk.ts';
import type { Admitted } from './door.ts';
import type { HttpReply } from './http.ts';
import { show, tell } from './invoke-answer.ts';
import { type Asker, askerOf, keyOf } from './people.ts';
import type { Given } from './pressed.ts';
import { renderAnswer } from './render-answer.ts';
import { renderForm } from './render-form.ts';

/** The form behind a bare mention. It stands where it was asked for; whoever fills it in is judged as if they had typed. */

/** For someone we know: a guest is not shown the names of services. */
export const showForm = async (desk: TeamsDesk, asker: Asker, actor: Actor): Promise<void> => {
  const problem = await whyNoForm(desk, actor);
  await (problem ? privately(desk, asker, problem) : post(desk, asker, renderForm(desk.choices())));
};

const whyNoForm = async (desk: TeamsDesk, actor: Actor): Promise<Reply | undefined> => {
  try {
    const who = await desk.identity.resolve(actor);
    if (isRefusal(who)) return no(who);
    const { services, environments } = desk.choices();
    return services.length === 0 || environments.length === 0 ? nothingToRelease : undefined;
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
    return privateReply(notAccepted(error));
  }
};

/** The submitted form: refused, it stays with what was typed and why; accepted, the answer stands in its place. */
export const onForm = async (desk: TeamsDesk, admitted: Admitted, asked: Asked, given: Given): Promise<HttpReply> => {
  const pending = ask(desk, asked);
  const reply = await inTime(pending, desk.patienceMs);
  if (!reply) {
    desk.goOn(settleLate(desk, admitted, asked, pending));
    return tell(stillWriting);
  }
  if (reply.ok) {
    desk.goOn(replaceForm(desk, admitted, asked, reply));
    return show(outcome(asked, reply));
  }
  return reply.code === 'not-known' ? tell(reply.view) : show(renderForm(desk.choices(), given, reply.view));
};

const settleLate = async (
  desk: TeamsDesk,
  admitted: Admitted,
  asked: Asked,
  pending: Promise<Reply>,
): Promise<void> => {
  const reply = await pending;
  if (reply.ok) await replaceForm(desk, admitted, asked, reply);
  await tellOnce(desk, askerOf(admitted), keyOf(admitted), reply);
};

/** For everybody else: Teams shows the answer to a press only to whoever pressed. */
export const replaceForm = (
  desk: TeamsDesk,
  { activity, where }: Admitted,
  asked: Asked,
  reply: Reply,
): Promise<void> =>
  logged(desk, async (again) => {
    const id = activity.replyToId;
    if (id) await again(() => desk.transport.update(where, id, outcome(asked, reply)));
  });

const outcome = ({ actor }: Asked, { view }: Reply): Sent =>
  renderAnswer({ ...view, lines: [...view.lines, `Asked by ${actor.name}, with the form.`] });
