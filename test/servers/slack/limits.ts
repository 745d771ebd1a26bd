/**
 * Slack's numbers in one place. Where Slack documents "characters" we count UTF-16 units, which is never laxer.
 * Sources: docs.slack.dev block-kit and method pages, and the descriptions in @slack/types 3.2.0, unless said.
 */
export const limits = {
  blocksPerMessage: 50,
  blocksPerView: 100,
  /** Undocumented: Slack answers `msg_blocks_too_long` somewhere above 13,100 characters (slackapi/bolt-js#2509). */
  blocksTotal: 13_000,
  messageText: 40_000,
  /** chat.update: bytes, counted after &, < and > are escaped; stricter than chat.postMessage (gitlab-org/gitlab!258898). */
  updateTextBytes: 4_000,
  text: 3_000,
  sectionFields: 10,
  sectionField: 2_000,
  header: 150,
  contextElements: 10,
  actionsElements: 25,
  contextActionsElements: 5,
  markdown: 12_000,
  tableRows: 100,
  tableColumns: 20,
  label: 2_000,
  title: 2_000,
  url: 3_000,
  id: 255,
  buttonText: 75,
  buttonValue: 2_000,
  accessibilityLabel: 75,
  placeholder: 150,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  options: 100,
  checkOptions: 10,
  overflowOptions: 5,
  optionText: 75,
  /** As @slack/types has it; newer pages say 150. */
  optionValue: 75,
  inputLength: 3_000,
  viewTitle: 24,
  privateMetadata: 3_000,
  viewBytes: 250_000,
  viewsInStack: 3,
  /** Milliseconds that a trigger_id lives; it opens one view. */
  triggerLife: 3_000,
  responseUrlLife: 30 * 60_000,
  responseUrlUses: 5,
  /** Milliseconds within which the app must acknowledge. */
  acknowledge: 3_000,
} as const;
