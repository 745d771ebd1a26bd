/** Sizes for Teams, in UTF-16 units unless said. Teams documents few of them; most are what a person can still read. */
export const limits = {
  /** Of summary and card as JSON. Teams refuses an activity above 100 KB of UTF-16 (`MessageSizeTooBig`): half as many units. */
  message: 40_000,
  /** What a lock screen and a screen reader have. */
  summary: 500,
  /** Target, state and whatever stands before the second "·" of a headline: never cut below this. */
  state: 300,
  button: 75,
  confirmTitle: 100,
  confirmText: 300,
  /** A name that is called. */
  name: 80,
  facts: 24,
  fact: 1_000,
  steps: 40,
  step: 300,
  line: 2_000,
  lines: 60,
  code: 6_000,
  codeLines: 80,
  choice: 100,
  /** More services than this are typed, not chosen. */
  choices: 200,
  version: 200,
  reason: 500,
} as const;
