import { plain } from '../../src/release/clean.ts';
import { strategyNames } from '../../src/release/command.ts';
import type { AnswerView } from '../../src/release/view.ts';
import type { Sent } from './activity.ts';
import { band, line, shrinkToFit } from './blocks.ts';
import { execute } from './buttons.ts';
import { limits } from './limits.ts';
import { answerBlocks } from './render-answer.ts';
import { oneLine } from './text.ts';

/** The form behind a bare mention. Pure: only what it looks like. */

/** Verb of its one button. A client without Action.Execute sends `form` in the data instead. */
export const formVerb = 'deploy';

/** Ids of its inputs: what comes back beside `form`. */
export type Field = 'service' | 'version' | 'environment' | 'strategy' | 'reason';

export interface Choices {
  services: readonly string[];
  environments: readonly string[];
}

type Given = Partial<Record<Field, string>>;

/**
 * @param given what was typed before: it is kept
 * @param problem why it was refused: stands on top
 */
export const renderForm = ({ services, environments }: Choices, given: Given = {}, problem?: AnswerView): Sent =>
  shrinkToFit((share) => {
    const room = limits.choices * share;
    return {
      summary: problem ? `Deploy: ${problem.title}` : 'Deploy: which service, which version, where?',
      body: [
        line('Deploy', limits.state, { size: 'Large', weight: 'Bolder' }),
        ...(problem ? [band(problem.tone, answerBlocks(problem, share))] : []),
        oneOf('service', services, room, given, 'Which service?'),
        { ...typed('version', limits.version, given), ...must('Which version?') },
        oneOf('environment', environments, room, given, 'Where to?'),
        menu('strategy', strategyNames, given),
        { ...typed('reason', limits.reason, given), isMultiline: true },
      ],
      actions: [execute({ title: 'Deploy', verb: formVerb, data: { form: formVerb }, style: 'primary' }, 'auto')],
    };
  });

const labels: Record<Field, string> = {
  service: 'Service',
  version: 'Version',
  environment: 'Environment',
  strategy: 'Strategy',
  reason: 'Reason; everybody sees it on the card',
};

const placeholders: Given = { version: '2.4.1', strategy: 'As the catalog says' };

/** Teams checks this before it sends anything. */
const must = (errorMessage: string) => ({ isRequired: true, errorMessage });

/** A menu, or a line to type when the names are too many for one, or none. */
const oneOf = (field: Field, names: readonly string[], room: number, given: Given, ask: string): object => {
  const known = names.filter((name) => name.length > 0 && name.length <= limits.choice);
  const asMenu = known.length > 0 && known.length <= room;
  return { ...(asMenu ? menu(field, known, given) : typed(field, limits.choice, given)), ...must(ask) };
};

const menu = (field: Field, names: readonly string[], given: Given): object => {
  const chosen = names.find((name) => name === given[field]);
  return {
    type: 'Input.ChoiceSet',
    id: field,
    label: labels[field],
    style: 'compact',
    choices: names.map((name) => ({ title: oneLine(name, limits.choice), value: name })),
    placeholder: placeholders[field] ?? 'Choose',
    ...(chosen === undefined ? {} : { value: chosen }),
  };
};

const typed = (field: Field, maxLength: number, given: Given): object => ({
  type: 'Input.Text',
  id: field,
  label: labels[field],
  maxLength,
  ...(placeholders[field] ? { placeholder: placeholders[field] } : {}),
  ...(given[field] ? { value: plain(given[field], maxLength) } : {}),
});
