/**
 * Slack's sizes, in UTF-16 units unless said. Sources: the Block Kit and method pages of docs.slack.dev, and the
 * descriptions in @slack/types.
 */
export const limits = {
  /** Text of a section. */
  section: 3_000,
  field: 2_000,
  fieldsPerSection: 10,
  header: 150,
  button: 75,
  option: 75,
  options: 100,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** Modal title, submit and close. */
  modalTitle: 24,
  /** Slack answers `msg_blocks_too_long` a little above 13,000 characters of JSON; it does not document the number. */
  blocksJson: 12_000,
  /** `text` of chat.update is judged in bytes after escaping, at 4,000; this leaves room for any alphabet. */
  fallback: 900,
  /** Bytes of one request from Slack. Theirs are a few KB; a card with its message is the largest. */
  requestBody: 64 * 1024,
  /** Of those, for everything in a press but the blocks of the card. */
  pressRest: 20 * 1024,
} as const;
