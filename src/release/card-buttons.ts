import { duration } from '../time.ts';
import { isWaiting, type Release } from './release.ts';
import type { Button } from './view.ts';

/** At most three buttons, only those legal now; the way back is always the last one. */
export function buttonsOf(release: Release, now: number): Button[] {
  switch (release.phase) {
    case 'awaiting-approval':
      return [approve(release), reject, abort(release)];
    case 'validating-before':
    case 'deploying':
    case 'rolled-out':
      return release.touched.length > 0 ? [pause, takeOver(release), rollBack(release, now)] : [pause, abort(release)];
    case 'validating-after':
      return [promote(release), takeOver(release), rollBack(release, now)];
    case 'paused':
    case 'errored':
      return [resume, takeOver(release), release.touched.length > 0 ? rollBack(release, now) : abort(release)];
    case 'recovering':
      return [takeOver(release)];
    case 'succeeded':
      return release.kind === 'deploy' ? [rollBack(release, now)] : [];
    default:
      return isWaiting(release) ? [abort(release)] : [];
  }
}

const what = ({ target, plan }: Release): string => `${target.service} ${plan?.to ?? ''} to ${target.environment}`;

const approve = (release: Release): Button => ({
  verb: 'approve',
  label: 'Approve',
  style: 'primary',
  ref: '',
  confirm: {
    title: 'Approve this release?',
    text: `${what(release)} (from ${release.plan?.from}), ${release.plan?.strategy}. It starts as soon as it may.`,
    yes: 'Approve',
    no: 'Not yet',
  },
});

const reject: Button = { verb: 'reject', label: 'Reject', ref: '', asksReason: true };

const abort = (release: Release): Button => ({
  verb: 'abort',
  label: 'Abort',
  style: 'danger',
  ref: '',
  confirm: {
    title: 'Abort this release?',
    text: `${what(release)}. Nothing has been changed yet.`,
    yes: 'Abort',
    no: 'Keep it',
  },
});

const pause: Button = { verb: 'pause', label: 'Pause steps', ref: '' };
const resume: Button = { verb: 'resume', label: 'Resume', style: 'primary', ref: '' };

const promote = (release: Release): Button => ({
  verb: 'promote',
  label: 'Promote',
  ref: '',
  confirm: {
    title: 'End the watch now?',
    text: `${what(release)} is called good now; its own checks still run.`,
    yes: 'Promote',
    no: 'Keep watching',
  },
});

const takeOver = (release: Release): Button => ({
  verb: 'take-over',
  label: 'Stop, I’ll take over',
  ref: '',
  confirm: {
    title: 'Take it over?',
    text: `I stop here and write nothing more to ${release.target.service} in ${release.target.environment}. The commands to do it by hand are in the thread.`,
    yes: 'I’ll take over',
    no: 'Go on',
  },
});

function rollBack(release: Release, now: number): Button {
  const back = release.plan?.from ?? 'the previous version';
  const age = release.steps[0] ? `, which began ${duration(Math.max(0, now - release.steps[0].startedAt))} ago` : '';
  return {
    verb: 'rollback',
    label: `Roll back to ${back}`.slice(0, 75),
    style: 'danger',
    ref: '',
    confirm: {
      title: 'Roll back?',
      text: `${release.target.service} in ${release.target.environment}: ${release.plan?.to} → ${back}. This undoes ${release.id}${age}.`.slice(
        0,
        300,
      ),
      yes: 'Roll back',
      no: 'Keep it',
    },
  };
}
