import type { Button, CardView } from '../../../src/release/view.ts';

/** A release card as the core makes it. */
export const rollBack: Button = {
  verb: 'rollback',
  label: 'Roll back to 2.4.0',
  style: 'danger',
  ref: 'sealed-rollback',
  confirm: { title: 'Roll back payments prod?', text: '2.4.1 → 2.4.0', yes: 'Roll back', no: 'Keep 2.4.1' },
};
export const approve: Button = { verb: 'approve', label: 'Approve', style: 'primary', ref: 'sealed-approve' };
export const reject: Button = { verb: 'reject', label: 'Reject', ref: 'sealed-reject', asksReason: true };

export const cardView = (more: Partial<CardView> = {}): CardView => ({
  kind: 'release',
  release: 'payments-7f3',
  rev: 4,
  final: false,
  tone: 'waiting',
  headline: 'payments prod · WAITING FOR APPROVAL · 0 of 2',
  facts: [
    { label: 'Version', text: '2.4.0 → 2.4.1' },
    { label: 'Asked by', text: 'alice <alice@example.com>' },
  ],
  steps: [
    { text: 'apply 2.4.1 in eu', state: 'done', elapsed: '12 s' },
    { text: 'bake', state: 'now', elapsed: '3 s' },
    { text: 'promote', state: 'todo' },
  ],
  buttons: [approve, reject, rollBack],
  footer: 'payments-7f3 · plan 3fa9',
  ...more,
});
