/**
 * Teams' numbers in one place. Sources: learn.microsoft.com/microsoftteams/platform/…, named by their last part.
 */
export const limits = {
  /** Bytes of a message in UTF-16, without base64 images (bots/how-to/format-your-bot-messages). */
  messageBytes: 100 * 1024,
  /** Adaptive Cards that Teams shows, at most (task-modules-and-cards/cards/cards-reference). */
  cardVersion: [1, 5],
  /** Primary actions in one row (task-modules-and-cards/cards/design-effective-cards). */
  primaryActions: 6,
  /** Milliseconds that a targeted message can be seen and changed (agents-in-teams/targeted-messages). */
  targetedLife: 24 * 3_600_000,
  /** Milliseconds in which the app must answer a message. */
  acknowledge: 15_000,
  /** Milliseconds in which the app must answer a press; later answers are ignored (messaging-extensions/how-to/action-commands/respond-to-task-module-submit). */
  answerPress: 5_000,
  /** How often a press that got no answer is sent again. */
  pressAgain: 2,
} as const;
