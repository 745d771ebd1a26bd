import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render } from '../../../adapters/slack/render.ts';
import { mrkdwn, typed } from '../../../adapters/slack/text.ts';
import { clean, plain } from '../../../src/release/clean.ts';
import type { AnswerView, NoteView } from '../../../src/release/view.ts';
import { cardView } from './views.ts';

describe('a release card', () => {
  it('reads from top to bottom as a person asks', () => {
    expect(render(cardView(), 'T0ACME')).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "text": {
              "emoji": false,
              "text": "✋ payments prod · WAITING FOR APPROVAL · 0 of 2",
              "type": "plain_text",
            },
            "type": "header",
          },
          {
            "fields": [
              {
                "text": "*Version*
      2.4.0 → 2.4.1",
                "type": "mrkdwn",
                "verbatim": true,
              },
              {
                "text": "*Asked by*
      alice &lt;alice@example.com&gt;",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "section",
          },
          {
            "text": {
              "text": "✓ apply 2.4.1 in eu · 12 s
      *▸ bake · 3 s*
      ○ promote",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
          {
            "elements": [
              {
                "action_id": "release:now:approve:0",
                "style": "primary",
                "text": {
                  "emoji": false,
                  "text": "Approve",
                  "type": "plain_text",
                },
                "type": "button",
                "value": "sealed-approve",
              },
              {
                "action_id": "release:reason:reject:1",
                "text": {
                  "emoji": false,
                  "text": "Reject",
                  "type": "plain_text",
                },
                "type": "button",
                "value": "sealed-reject",
              },
              {
                "action_id": "release:now:rollback:2",
                "confirm": {
                  "confirm": {
                    "emoji": false,
                    "text": "Roll back",
                    "type": "plain_text",
                  },
                  "deny": {
                    "emoji": false,
                    "text": "Keep 2.4.1",
                    "type": "plain_text",
                  },
                  "style": "danger",
                  "text": {
                    "emoji": false,
                    "text": "2.4.1 → 2.4.0",
                    "type": "plain_text",
                  },
                  "title": {
                    "emoji": false,
                    "text": "Roll back payments prod?",
                    "type": "plain_text",
                  },
                },
                "style": "danger",
                "text": {
                  "emoji": false,
                  "text": "Roll back to 2.4.0",
                  "type": "plain_text",
                },
                "type": "button",
                "value": "sealed-rollback",
              },
            ],
            "type": "actions",
          },
          {
            "elements": [
              {
                "text": "payments-7f3 · plan 3fa9",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "context",
          },
        ],
        "metadata": {
          "event_payload": {
            "release": "payments-7f3",
            "rev": 4,
          },
          "event_type": "release",
        },
        "text": "✋ payments prod · WAITING FOR APPROVAL · 0 of 2",
      }
    `);
  });

  it('says a long headline in full under a short one', () => {
    const headline = `payments prod · FAILED · ${'very long cause '.repeat(12)}`.trim();
    const { blocks, text } = render(cardView({ headline, tone: 'bad' }), 'T0ACME');
    expect(blocks[0]).toMatchObject({
      type: 'header',
      text: { text: expect.stringMatching(/^❌ payments prod · FAILED .*…$/) },
    });
    expect(blocks[1]).toMatchObject({ text: { text: headline } });
    expect(text).toBe(`❌ ${headline}`);
  });

  it('has no actions when nothing is legal now', () => {
    const { blocks } = render(cardView({ buttons: [], steps: [], footer: undefined }), 'T0ACME');
    expect(blocks.map((it) => it.type)).toEqual(['header', 'section']);
  });
});

describe('a line in the thread', () => {
  it('calls whom it is meant for, and shows code that can be copied', () => {
    const note: NoteView = {
      kind: 'note',
      tone: 'bad',
      text: 'exit code 1 in app: see https://ci.example.com/run?a=1&b=2.',
      code: 'panic: missing env DB_URL <nil>\n```',
      mentions: [{ person: 'U0ALICE', surface: 'slack', tenant: 'T0ACME', name: 'alice' }],
    };
    expect(render(note, 'T0ACME')).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "text": {
              "text": "❌ exit code 1 in app: see <https://ci.example.com/run?a=1&amp;b=2>. <@U0ALICE>",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
          {
            "elements": [
              {
                "elements": [
                  {
                    "text": "panic: missing env DB_URL <nil>
      \`\`\`",
                    "type": "text",
                  },
                ],
                "type": "rich_text_preformatted",
              },
            ],
            "type": "rich_text",
          },
        ],
        "text": "❌ exit code 1 in app: see <https://ci.example.com/run?a=1&amp;b=2>. <@U0ALICE>",
      }
    `);
  });
});

describe('an answer', () => {
  it('says what is, and what to do next', () => {
    const answer: AnswerView = {
      kind: 'answer',
      tone: 'stopped',
      title: 'No service "paymets"',
      lines: ['The catalog has 12 services.'],
      code: 'deploy payments 2.4.1 to prod',
      hint: 'Did you mean payments?',
    };
    expect(render(answer, 'T0ACME')).toMatchInlineSnapshot(`
      {
        "blocks": [
          {
            "text": {
              "text": "⏸️ *No service "paymets"*",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
          {
            "text": {
              "text": "The catalog has 12 services.",
              "type": "mrkdwn",
              "verbatim": true,
            },
            "type": "section",
          },
          {
            "elements": [
              {
                "elements": [
                  {
                    "text": "deploy payments 2.4.1 to prod",
                    "type": "text",
                  },
                ],
                "type": "rich_text_preformatted",
              },
            ],
            "type": "rich_text",
          },
          {
            "elements": [
              {
                "text": "Did you mean payments?",
                "type": "mrkdwn",
                "verbatim": true,
              },
            ],
            "type": "context",
          },
        ],
        "text": "⏸️ No service "paymets"
      The catalog has 12 services.
      Did you mean payments?",
      }
    `);
  });
});

describe('text that we do not trust', () => {
  it.each([
    ['<!channel> & <@U1>', '&lt;!channel&gt; &amp; &lt;@U1&gt;'],
    ['see https://a.example/x?y=1&z=2.', 'see <https://a.example/x?y=1&amp;z=2>.'],
    ['<https://evil.example|https://good.example>', '&lt;<https://evil.example>|<https://good.example>&gt;'],
    ['a\u202eb\u0000c\u200bd', 'abcd'],
    ['half \ud800 letter', 'half \ufffd letter'],
    ['', '–'],
  ])('%j is shown as %j', (text, shown) => expect(mrkdwn(text, 100)).toBe(shown));

  it('is cut between letters and escapes, never inside', () => {
    expect(mrkdwn('abc&def', 8)).toBe('abc…');
    expect(mrkdwn('abc&', 8)).toBe('abc&amp;');
    expect(mrkdwn('ab🚀cd', 5)).toBe('ab🚀…');
    expect(mrkdwn('ab🚀cd', 4)).toBe('ab…');
    expect(mrkdwn(`go https://a.example/${'x'.repeat(50)}`, 20)).toBe('go …');
    expect(plain('abcdef', 4)).toBe('abc…');
  });

  it('that a person typed comes back as they typed it', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => typed(text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')) === text,
      ),
    );
  });

  it('fits, whatever it is', () => {
    const anything = fc.string({
      unit: fc.oneof(fc.constantFrom('&', '<', '>', 'http://x.y/', '\n', '…'), fc.string({ unit: 'binary' })),
      maxLength: 200,
    });
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 120 }), (text, max) => {
        const shown = mrkdwn(text, max);
        expect(shown.length).toBeLessThanOrEqual(max);
        expect(shown).not.toMatch(/&(?!amp;|lt;|gt;)|<(?!https?:\/\/[^<>]*>)/);
        expect(plain(text, max).length).toBeLessThanOrEqual(max);
        expect(clean(clean(text))).toBe(clean(text));
      }),
    );
  });
});
