import type { AnswerView, Button, CardView, NoteView } from '../../../src/release/view.ts';

export const approve: Button = {
  verb: 'approve',
  label: 'Approve',
  style: 'primary',
  ref: 'sealed-approve',
  confirm: { title: 'Approve this release?', text: 'payments 2.4.1 to prod', yes: 'Approve', no: 'Not yet' },
};
export const reject: Button = { verb: 'reject', label: 'Reject', ref: 'sealed-reject', asksReason: true };
export const abort: Button = { verb: 'abort', label: 'Abort', style: 'danger', ref: 'sealed-abort' };

export const card: CardView = {
  kind: 'release',
  release: 'payments-7f3',
  rev: 4,
  final: false,
  tone: 'waiting',
  headline: 'payments prod · AWAITING APPROVAL · 2.4.1',
  facts: [
    { label: 'Asked by', text: 'Ann: the fix is needed' },
    { label: 'Version', text: '2.4.0 → 2.4.1' },
    { label: 'Risk', text: '50: critical service 30 + prod comes after staging 20' },
  ],
  steps: [
    { text: 'apply 2.4.1 at eu/prod/deployment/payments', state: 'done', elapsed: '12 s' },
    { text: 'apply 2.4.1 at us/prod/deployment/payments', state: 'now', elapsed: '2 s' },
  ],
  buttons: [approve, reject, abort],
  footer: 'payments-7f3',
};

export const note: NoteView = { kind: 'note', tone: 'good', text: 'Approved by Bob', mentions: [] };

export const no: AnswerView = {
  kind: 'answer',
  tone: 'bad',
  title: 'Dan may not approve payments in prod.',
  lines: [],
  hint: 'Somebody with the role release-managers can.',
};
